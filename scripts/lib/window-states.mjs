/** Every state of the window that is worth looking at, as what opens it and what closes it; names are those the window gives its parts. */

/** `page` shows a board with pictures and a whole timeline. Each state begins in Create with one frame selected, and ends in Create. */
export function windowStates(page) {
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

  return [
    ['create', async () => {}],
    ['edit', tab('Edit'), tab('Generate')],
    ['describe', tab('Describe'), tab('Generate')],
    ['ask', tab('Ask'), tab('Generate')],
    ['mask', key('b'), key('v')],
    ['gallery', key('g'), escape],
    ['queue', button(/^Queue:/), escape],
    ['engine', button(/^Engine:/), escape],
    ['pack', button(/^(Model p|P)ack/), escape],
    ['project', button(/^Project /), escape],
    ['history', key('Shift+H'), escape],
    ['shortcuts', key('?'), escape],
    ['palette', key('Control+k'), escape],
    ['grid', key('Shift+Y'), escape],
    ['board-menu', () => board.click({ button: 'right', position: { x: 90, y: 30 } }), escape],
    ['error', several(write(''), key('Control+Enter')), write('a red circle')],
    ['long-prompt', write(longWords), write('a red circle')],
    ['examples', button('What can it draw?'), escape],
    ['sampling', () => composer.getByText('Sampling').click(), () => composer.getByText('Sampling').click()],
    ['export-options', () => page.getByRole('button', { name: 'Export options' }).first().click(), escape],
    ['several-frames', key('Control+a')],
    [
      'nothing-found',
      several(key('g'), () => page.getByRole('searchbox', { name: 'Search the gallery' }).fill('zeppelin')),
      several(() => page.getByRole('searchbox', { name: 'Search the gallery' }).fill(''), escape, escape),
    ],
    exploring('explore'),
    exploring('explore-hint', button('What the panes show')),
    exploring('explore-attributes', under('Attributes')),
    exploring('explore-curves', under('Curves')),
    exploring('explore-along-t', under('Along t')),
    exploring('explore-build-up', under('Build-up')),
    exploring('branch', tab('Branch')),
    exploring('blend', tab('Blend')),
    exploring('compare', tab('Compare')),
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
    ['analyses', key('Shift+A'), escape],
    ['presentation', several(explore, button('Present, full screen')), several(escape, create)],
  ];
}
