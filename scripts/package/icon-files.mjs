/** Windows' and Apple's files of icons. Both may hold PNG pictures as they are. */

/** Pixels of a side. */
export const iconSizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];

const icoSizes = [16, 24, 32, 48, 64, 128, 256];
/** Apple's name for each size, and for the same pixels on a screen of twice the density. */
const icnsTypes = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic07', 128],
  ['ic08', 256],
  ['ic09', 512],
  ['ic10', 1024],
  ['ic11', 32],
  ['ic12', 64],
  ['ic13', 256],
  ['ic14', 512],
];

/** `pictures`: size to PNG bytes. */
export function icoOf(pictures) {
  const images = icoSizes.map((size) => [size, pictures.get(size)]);
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.length, 4);
  let offset = head.length;
  images.forEach(([size, png], index) => {
    const at = 6 + 16 * index;
    // A byte holds no 256: 0 stands for it.
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(png.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([head, ...images.map(([, png]) => png)]);
}

/** `pictures`: size to PNG bytes. */
export function icnsOf(pictures) {
  const parts = icnsTypes.map(([type, size]) => chunk(type, pictures.get(size)));
  return chunk('icns', Buffer.concat(parts));
}

function chunk(type, content) {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32BE(content.length + 8, 4);
  return Buffer.concat([head, content]);
}
