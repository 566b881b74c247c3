/**
 * The one property of an XMP packet (ISO 16684-1) in which programs keep prompts: `exif:UserComment`, as text, as an alternative
 * by language, or as an attribute. A packet is XML; only this much of it is looked at, in one pass.
 */

const property = 'exif:UserComment';

/** Null without one. */
export function xmpUserComment(packet: string): string | null {
  return elementText(packet) ?? attributeText(packet);
}

function elementText(packet: string): string | null {
  const open = packet.indexOf(`<${property}`);
  const close = open === -1 ? -1 : packet.indexOf(`</${property}>`, open);
  if (close === -1) return null;
  const inside = packet.slice(packet.indexOf('>', open) + 1, close);
  const item = inside.indexOf('<rdf:li');
  if (item === -1) return inside.includes('<') ? null : unescaped(inside);
  const from = inside.indexOf('>', item) + 1;
  const to = inside.indexOf('</rdf:li>', from);
  return from === 0 || to === -1 ? null : unescaped(inside.slice(from, to));
}

function attributeText(packet: string): string | null {
  const name = packet.indexOf(`${property}=`);
  const quote = name === -1 ? undefined : packet[name + property.length + 1];
  if (quote !== '"' && quote !== "'") return null;
  const from = name + property.length + 2;
  const to = packet.indexOf(quote, from);
  return to === -1 ? null : unescaped(packet.slice(from, to));
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  const plain = text.startsWith('<![CDATA[') && text.endsWith(']]>') ? text.slice(9, -3) : null;
  if (plain !== null) return plain;
  return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi, (whole, decimal, hex, name) => {
    if (typeof name === 'string') return entities[name.toLowerCase()] ?? whole;
    const point = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
