/**
 * Every state of the window that is worth looking at, as what opens it and what closes it; names are those the window gives its
 * parts. Screenshots are made of them, and the accessibility test goes through them.
 */

/** `page` shows a board with pictures and a whole timeline. Each state begins in Create with one frame selected, and ends in Create. */
export function windowStates(page) {
  const { inCreate, inExplore } = statesByMode(page);
  return [...inCreate, ...inExplore];
}

export function statesByMode(page) {
  const board = page.getByRole('application', { name: 'Board', exact: true });
  const composer = page.getByRole('region', { name: 'Composer' });
  const button = (name) => () => page.getByRole('button', { name }).first().click();
  const radio = (name) => () => page.getByRole('radio', { name, exact: true }).click();
  const tab = (name) => () => page.getByRole('tab', { name, exact: true }).click();
  const key = (keys) => async () => {
    await board.focus();
    await page.keyboard.press(keys);
  };
  const escape = () => page.keyboard.press('Escape');
  const several =
    (...acts) =>
    async () => {
      for (const act of acts) await act();
    };
  const candidates = page.getByRole('listbox', { name: 'Candidates' });
  const discard = several(() => candidates.focus(), escape);
  const explore = radio('Explore');
  const create = radio('Create');
  const exploring = (name, ...acts) => [name, several(explore, ...acts), several(tab('Look'), create)];
  /** A row of choices, or a list where the panel is narrow. */
  const under = (name) => async () => {
    const list = page.getByRole('combobox', { name: 'Under the tokens' });
    if (await list.isVisible()) await list.selectOption({ label: name });
    else await radio(name)();
  };
  const prompt = composer.getByRole('textbox', { name: 'Prompt' });
  const write = (words) => () => prompt.fill(words);
  const longWords = 'a large striped orange boat left of two small dotted teal moons and a tiny zeppelin, '.repeat(4);

  const gallery = page.getByRole('region', { name: 'Gallery' });
  const search = page.getByRole('searchbox', { name: 'Search the gallery' });
  const inGallery = (name, act, back = async () => {}) => [name, several(key('g'), act), several(back, escape, escape)];
  const fromPack = (name) => several(button(/^(Model p|P)ack/), button(name));
  const note = page.getByRole('textbox', { name: 'Words of the note' });
  const otherFrame = page.getByRole('group', { name: /frame/i }).getByRole('button', { name: /star|circle/ });
  const token = page.getByRole('listbox', { name: 'Tokens, coarse to fine' }).getByRole('option');
  const analysis = page.getByRole('dialog', { name: 'Analyses' });
  const middle = async () => {
    const { width, height } = await board.boundingBox();
    return { x: width / 2, y: height / 2 };
  };

  const inCreate = [
    ['create', async () => {}],
    ['edit', tab('Edit'), tab('Generate')],
    ['describe', tab('Describe'), tab('Generate')],
    ['ask', tab('Ask'), tab('Generate')],
    ['mask', key('b'), key('v')],
    ['mask-colour', several(key('b'), button('Mask colour')), several(escape, key('v'))],
    ['gallery', key('g'), escape],
    inGallery('gallery-filters', button('Filters'), escape),
    inGallery('gallery-trash', button(/^Trash/), button(/^Trash/)),
    inGallery('gallery-menu', () => gallery.getByRole('option').first().click({ button: 'right' }), escape),
    inGallery(
      'nothing-found',
      () => search.fill('zeppelin'),
      () => search.fill(''),
    ),
    ['queue', button(/^Queue:/), escape],
    ['engine', button(/^Engine:/), escape],
    ['servers', several(button(/^Engine:/), () => page.getByText('Servers', { exact: true }).click()), escape],
    ['pack', button(/^(Model p|P)ack/), escape],
    ['install-pack', fromPack('Install a pack…'), escape],
    ['compare-packs', fromPack('Compare two packs…'), escape],
    ['project', button(/^Project /), escape],
    ['history', key('Shift+H'), escape],
    ['shortcuts', key('?'), escape],
    ['palette', key('Control+k'), escape],
    ['grid', key('Shift+Y'), escape],
    ['board-menu', () => board.click({ button: 'right', position: { x: 90, y: 30 } }), escape],
    [
      'frame-menu',
      several(key('Shift+Digit2'), async () => board.click({ button: 'right', position: await middle() })),
      several(escape, key('Control+0')),
    ],
    ['zoom', button(/^Zoom, /), escape],
    [
      'note',
      several(
        key('n'),
        () => board.click({ position: { x: 90, y: 60 } }),
        () => note.fill('too dark'),
        escape,
      ),
      key('Control+z'),
    ],
    ['error', several(write(''), key('Control+Enter')), write('a red circle')],
    ['long-prompt', write(longWords), write('a red circle')],
    ['examples', button('What can it draw?'), escape],
    ['prompt-history', button('Prompt history'), escape],
    ['sampling', () => composer.getByText('Sampling').click(), () => composer.getByText('Sampling').click()],
    ['export-options', () => page.getByRole('button', { name: 'Export options' }).first().click(), escape],
    ['several-frames', key('Control+a')],
    // Both are one run: what is compared is the candidate shown and its frame.
    ['candidates', several(key('Alt+v'), () => candidates.getByRole('option').last().waitFor({ timeout: 90_000 }))],
    [
      'compare-pictures',
      several(
        () => candidates.focus(),
        () => page.keyboard.press('c'),
      ),
      several(escape, discard),
    ],
  ];

  const inExplore = [
    exploring('explore'),
    exploring('explore-hint', button('What the panes show')),
    exploring('explore-attributes', under('Attributes')),
    exploring('explore-curves', under('Curves')),
    exploring('explore-along-t', under('Along t')),
    exploring('explore-build-up', under('Build-up')),
    [
      'explore-token',
      several(explore, () => token.nth(2).click()),
      several(button('Pick no token'), tab('Look'), create),
    ],
    exploring('explore-model', radio('Language model')),
    ['explore-export', several(explore, button('Export the timeline')), several(escape, create)],
    exploring('branch', tab('Branch')),
    exploring('blend', tab('Blend')),
    exploring('blend-chosen', tab('Blend'), () => otherFrame.first().click()),
    exploring('compare', tab('Compare')),
    exploring('compare-chosen', tab('Compare'), () => otherFrame.first().click()),
    ['analyses', key('Shift+A'), escape],
    [
      'analyses-measured',
      several(
        key('Shift+A'),
        () => analysis.getByRole('button', { name: 'Run' }).click(),
        async () => {
          await analysis.getByRole('button', { name: 'Save as CSV' }).and(page.locator(':enabled')).waitFor();
        },
      ),
      escape,
    ],
    ['presentation', several(explore, button('Present, full screen')), several(escape, create)],
  ];
  return { inCreate, inExplore };
}
