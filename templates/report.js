'use strict';
(() => {
  const { samples, runs } = JSON.parse(document.getElementById('data').textContent);
  const $ = id => document.getElementById(id);
  const letter = index => String.fromCharCode(65 + index);
  const WORDS = { C: 'correct', I: 'incorrect', U: 'unreadable', M: 'missing' };

  // Elements are built from text nodes alone: questions and responses are foreign text.
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
      else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
    }
    element.append(...children.filter(child => child !== undefined));
    return element;
  }

  function clock(secs) {
    const tenths = Math.round(secs * 10);
    const [h, m, s] = [Math.floor(tenths / 36000), Math.floor(tenths / 600) % 60, (tenths % 600) / 10];
    const tail = s.toFixed(1).padStart(4, '0');
    return h ? `${h}:${String(m).padStart(2, '0')}:${tail}` : `${m}:${tail}`;
  }

  const secsOf = (sample, frame) => frame * sample.rate[1] / sample.rate[0];
  const verdictsOf = (run, index) => runs[run]?.answers[index][0] ?? '';
  const isRight = verdicts => /^C+$/.test(verdicts);

  /* Theme: the system's, until the reader switches. */
  $('theme').addEventListener('click', () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
  });
  for (const link of document.querySelectorAll('.top nav a[href^="#"]')) {
    if (!document.querySelector(link.getAttribute('href'))) link.remove();
  }

  /* Filters. */
  const filter = { text: '', type: '', length: '', depth: '', run: 0, verdict: '', cell: null };
  const fill = (select, entries) => select.append(...entries.map(([value, text]) => make('option', { value }, text)));
  fill($('f-type'), [['', 'all'], ...[...new Set(samples.map(s => s.type))].sort().map(type => [type, type])]);
  const depthNames = new Map(samples.map(s => [s.cell[1], s.depth]));
  const depthName = depth => depth === 'none' ? 'no needle' : depthNames.get(depth) ?? `${Number(depth) / 10}%`;
  // Each value once, in the order of what it measures.
  const distinct = (valueOf, measureOf) => [...new Map([...samples].sort((one, other) => measureOf(one) - measureOf(other)).map(s => [valueOf(s), s])).keys()];
  const lengths = distinct(s => s.cell[0], s => secsOf(s, s.frames));
  const depths = distinct(s => s.cell[1], s => s.cell[1] === 'none' ? -1 : Number(s.cell[1]));
  fill($('f-length'), [['', 'all'], ...lengths.map(length => [length, length])]);
  fill($('f-depth'), [['', 'all'], ...depths.map(depth => [depth, depthName(depth)])]);
  $('l-length').hidden = lengths.length < 2;
  $('l-depth').hidden = depths.length < 2;
  // What is searched in a sample.
  const texts = samples.map(s => [s.id, s.question, ...s.options, s.answer ?? '', ...s.needles.map(needle => needle.label), ...s.haystacks].join('\n').toLowerCase());
  fill($('f-run'), runs.map((run, index) => [index, run.name]));
  fill($('f-verdict'), [
    ['', 'all'], ['right', 'right in every try'], ['wrong', 'not right in every try'], ['I', 'an incorrect try'],
    ['U', 'an unreadable try'], ['M', 'a missing try'],
    ...(runs.length > 1 ? [['differ', 'runs differ'], ['none', 'no run right']] : []),
  ]);
  $('l-run').hidden = runs.length < 2;
  $('l-verdict').hidden = runs.length === 0;

  function passes(index) {
    const sample = samples[index];
    if (filter.type && sample.type !== filter.type) return false;
    if (filter.length && sample.cell[0] !== filter.length) return false;
    if (filter.depth && sample.cell[1] !== filter.depth) return false;
    if (filter.text && !texts[index].includes(filter.text)) return false;
    if (filter.cell && (sample.cell[0] !== filter.cell[0] || sample.cell[1] !== filter.cell[1])) return false;
    const verdicts = verdictsOf(filter.run, index);
    switch (filter.verdict) {
      case '': return true;
      case 'right': return isRight(verdicts);
      case 'wrong': return !isRight(verdicts);
      case 'differ': return new Set(runs.map((_, run) => isRight(verdictsOf(run, index)))).size > 1;
      case 'none': return runs.every((_, run) => !isRight(verdictsOf(run, index)));
      default: return verdicts.includes(filter.verdict);
    }
  }

  /* List. */
  let shown = [];
  let current = -1;
  const entries = new Map();

  function summaryOf(index) {
    return runs.map((run, at) => {
      const verdicts = verdictsOf(at, index);
      const right = isRight(verdicts);
      const marks = [...verdicts].map(v => ({ C: '✓', I: '✗', U: '?', M: '–' })[v]);
      return make('span', { class: `v ${right ? 'vC' : 'vI'}`, title: `${run.name}: ${[...verdicts].map(v => WORDS[v]).join(', ')}` },
        runs.length > 1 ? (right ? '✓' : '✗') : marks.join(''));
    });
  }

  // Only a server has them. They are decoded when they come into view.
  const thumbnails = document.querySelector('main').dataset.thumbnails;
  function thumbnailOf({ id, frames, size: [width, height] }) {
    if (!thumbnails || frames === 0) return [];
    const scale = 80 / Math.max(width, height, 1);
    const picture = make('img', { class: 'thumbnail', alt: '', loading: 'lazy', decoding: 'async', width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) });
    picture.addEventListener('error', () => picture.classList.add('absent'));
    picture.src = `${thumbnails}${encodeURIComponent(id)}.jpg`;
    return [picture];
  }

  function refresh() {
    shown = samples.map((_, index) => index).filter(passes);
    entries.clear();
    const items = shown.map(index => {
      const button = make('button', { type: 'button', onclick: () => show(index) },
        ...thumbnailOf(samples[index]), make('span', { title: samples[index].id }, samples[index].id), ...summaryOf(index));
      entries.set(index, button);
      return make('li', {}, button);
    });
    $('list').replaceChildren(...items);
    $('f-count').textContent = `${shown.length.toLocaleString('en')} of ${samples.length.toLocaleString('en')} samples`;
    const cell = $('f-cell');
    cell.hidden = !filter.cell;
    if (filter.cell) {
      const [length, depth] = filter.cell;
      cell.textContent = `${length}, ${depth === 'none' ? '' : 'depth '}${depthName(depth)}  ✕`;
      cell.setAttribute('aria-label', `Show all cells again; now ${cell.textContent}`);
    }
    if (shown.length && !entries.has(current)) show(shown[0], false);
    else mark();
    $('sample').hidden = shown.length === 0;
  }

  function mark(scroll = true) {
    for (const button of $('list').querySelectorAll('[aria-current]')) button.removeAttribute('aria-current');
    const button = entries.get(current);
    if (!button) return;
    button.setAttribute('aria-current', 'true');
    // Only the list scrolls, never the page.
    const [list, item] = [$('list'), button.parentElement];
    const top = item.getBoundingClientRect().top - list.getBoundingClientRect().top + list.scrollTop;
    if (scroll && (top < list.scrollTop || top + item.offsetHeight > list.scrollTop + list.clientHeight)) {
      list.scrollTop = top - list.clientHeight / 2;
    }
  }

  for (const [id, key] of [['f-type', 'type'], ['f-length', 'length'], ['f-depth', 'depth'], ['f-run', 'run'], ['f-verdict', 'verdict']]) {
    $(id).addEventListener('change', event => {
      filter[key] = key === 'run' ? Number(event.target.value) : event.target.value;
      refresh();
    });
  }
  $('f-text').addEventListener('input', event => {
    filter.text = event.target.value.trim().toLowerCase();
    refresh();
  });
  document.querySelector('.filters').addEventListener('submit', event => event.preventDefault());
  $('f-cell').addEventListener('click', () => { filter.cell = null; refresh(); $('f-type').focus(); });
  for (const square of document.querySelectorAll('.heat button')) {
    square.addEventListener('click', () => {
      const { run, type, length, depth } = square.dataset;
      Object.assign(filter, { text: '', run: Number(run), type, length: '', depth: '', verdict: '', cell: [length, depth] });
      $('f-run').value = run; $('f-type').value = type;
      for (const id of ['f-text', 'f-length', 'f-depth', 'f-verdict']) $(id).value = '';
      refresh();
      $('viewer').scrollIntoView();
      $('list').querySelector('button')?.focus({ preventScroll: true });
    });
  }

  /* Video and timeline. */
  const video = $('video');
  const frameNow = sample => Math.floor(video.currentTime * sample.rate[0] / sample.rate[1] + 1e-6);

  function seek(secs) {
    const go = () => { video.currentTime = secs; };
    if (video.readyState >= 1) go();
    else video.addEventListener('loadedmetadata', go, { once: true });
  }

  function seekTo(sample, needle) {
    video.pause();
    // The middle of a frame: a seek to its edge may land on the frame before it.
    seek(secsOf(sample, Math.floor((needle.span[0] + needle.span[1] - 1) / 2) + 0.5));
  }

  function tick() {
    const sample = samples[current];
    if (!sample) return;
    const frame = frameNow(sample);
    const line = $('timeline').querySelector('.head-line');
    if (line) line.style.left = `${Math.min(100, 100 * frame / sample.frames)}%`;
    $('now').textContent = `${clock(video.currentTime)} · frame ${Math.min(frame, sample.frames - 1).toLocaleString('en')}`;
    const visible = sample.needles.map(needle => needle.span[0] <= frame && frame < needle.span[1] && video.currentTime > 0);
    for (const group of [$('timeline'), $('needles')]) {
      group.querySelectorAll('button').forEach((button, index) => button.classList.toggle('now', visible[index]));
    }
    $('boxes').replaceChildren(...sample.needles.filter((_, index) => visible[index]).map(needle => {
      const [x, y, w, h] = needle.box;
      const [width, height] = sample.size;
      const box = make('i', { class: needle.distractor ? 'decoy' : '' });
      Object.assign(box.style, { left: `${100 * x / width}%`, top: `${100 * y / height}%`, width: `${100 * w / width}%`, height: `${100 * h / height}%` });
      return box;
    }));
  }
  for (const name of ['timeupdate', 'seeked', 'loadedmetadata', 'pause']) video.addEventListener(name, tick);
  (function follow() { if (!video.paused) tick(); requestAnimationFrame(follow); })();

  // The browser's own controls would lie over the lower edge of the picture, where subtitles are.
  const toggle = () => { if (video.paused) video.play().catch(() => {}); else video.pause(); };
  for (const control of [video, $('play')]) control.addEventListener('click', toggle);
  for (const name of ['play', 'pause', 'emptied']) video.addEventListener(name, () => {
    $('play').textContent = video.paused ? '▶' : '❚❚';
    $('play').setAttribute('aria-label', video.paused ? 'Play' : 'Pause');
  });
  for (const [id, by] of [['back', -1], ['forth', 1]]) $(id).addEventListener('click', () => {
    const sample = samples[current];
    video.pause();
    seek(secsOf(sample, Math.min(sample.frames - 1, Math.max(0, frameNow(sample) + by)) + 0.5));
  });
  $('sound').addEventListener('click', () => {
    video.muted = !video.muted;
    $('sound').textContent = video.muted ? 'sound off' : 'sound on';
    $('sound').setAttribute('aria-pressed', String(!video.muted));
  });
  video.addEventListener('error', () => {
    $('absent').hidden = false;
    $('absent').textContent = `The video ${decodeURIComponent(samples[current].video)} is not here, or cannot be played. `
      + 'A dataset kept as recipes has its videos once it is materialized.';
  });

  // Needles that are shown at the same time stand in lanes below each other.
  function lanesOf(needles) {
    const ends = [];
    return needles.map(({ span }) => {
      let lane = ends.findIndex(end => end <= span[0]);
      if (lane < 0) lane = ends.push(0) - 1;
      ends[lane] = span[1];
      return lane;
    });
  }

  function drawTimeline(sample) {
    const lanes = lanesOf(sample.needles);
    const timeline = $('timeline');
    const buttons = sample.needles.map((needle, index) => {
      const [start, end] = needle.span;
      const name = `${needle.distractor ? 'Distractor' : 'Needle'} ${index + 1}: ${needle.label}, `
        + `${clock(secsOf(sample, start))} to ${clock(secsOf(sample, end))}`
        + (needle.depth === null ? '' : `, depth ${needle.depth / 10}%`);
      const button = make('button', { type: 'button', class: needle.distractor ? 'decoy' : '', title: name, 'aria-label': name,
        onclick: event => { event.stopPropagation(); seekTo(sample, needle); } });
      Object.assign(button.style, { left: `min(${100 * start / sample.frames}%, 100% - 5px)`, width: `${100 * (end - start) / sample.frames}%`, top: `${6 + 23 * lanes[index]}px` });
      return button;
    });
    timeline.style.height = `${30 + 23 * Math.max(0, ...lanes)}px`;
    timeline.replaceChildren(...buttons, make('span', { class: 'head-line' }));
    timeline.onclick = event => {
      const { left, width } = timeline.getBoundingClientRect();
      seek(secsOf(sample, sample.frames) * Math.min(0.9999, Math.max(0, (event.clientX - left) / width)));
    };
    $('axis').replaceChildren(...[0, 0.25, 0.5, 0.75, 1].map(share => make('span', {}, clock(secsOf(sample, sample.frames) * share))));
    $('needles').replaceChildren(...sample.needles.map((needle, index) => make('li', {},
      make('button', { type: 'button', class: needle.distractor ? 'decoy' : '', title: needle.kind, onclick: () => seekTo(sample, needle) },
        `${index + 1}. ${needle.label} · ${clock(secsOf(sample, needle.span[0]))}`))));
  }

  /* One sample. */
  function show(index, link = true) {
    current = index;
    const sample = samples[index];
    $('s-id').textContent = sample.id;
    const more = sample.more_haystacks ? ` and ${sample.more_haystacks} more` : '';
    $('s-facts').textContent = `${sample.task}, ${sample.type} · ${clock(secsOf(sample, sample.frames))}, ${sample.frames.toLocaleString('en')} frames, `
      + `${sample.size[0]}×${sample.size[1]} · haystack ${sample.haystacks.join(', ')}${more}`;
    const [width, height] = sample.size;
    const stage = $('stage');
    stage.style.aspectRatio = `${width} / ${height}`;
    stage.style.maxWidth = `calc(60vh * ${width / height})`;
    $('absent').hidden = true;
    $('boxes').replaceChildren();
    video.setAttribute('aria-label', `Video of ${sample.id}`);
    video.src = sample.video;
    drawTimeline(sample);
    $('question').textContent = sample.question;
    $('options').replaceChildren(...sample.options.map((option, at) =>
      make('li', { class: at === sample.target ? 'is-right' : '' }, make('b', {}, letter(at)), make('span', {}, option))));
    if (sample.answer) $('options').replaceChildren(make('li', { class: 'is-right' }, make('span', {}, sample.answer)));
    $('answers').replaceChildren(...runs.map(run => answerTable(sample, run, run.answers[index])));
    mark();
    if (link) history.replaceState(null, '', `#sample=${encodeURIComponent(sample.id)}`);
  }

  // What a judge read in a reply that the rule could not.
  function judgeSays(sample, order, says) {
    if (!says || says === '.') return undefined;
    const text = says === '-' ? 'names none' : says === '?' ? 'cannot be read'
      : `${says}: ${sample.options[order[says.charCodeAt(0) - 65]]}`;
    return make('small', { class: 'judge' }, `judge: ${text}`);
  }

  function answerTable(sample, run, [verdicts, read, responses, judged]) {
    const rows = sample.tries.map((order, at) => {
      const verdict = verdicts[at] ?? 'M';
      const option = read[at] && read[at] !== '-' ? sample.options[order[read.charCodeAt(at) - 65]] : undefined;
      const right = sample.answer ?? letter(order.indexOf(sample.target));
      const short = text => text.length > 28 ? `${text.slice(0, 27)}…` : text;
      const said = sample.answer ? (read === '' || read === '-' ? '–' : short(read))
        : option === undefined ? '–' : `${read[at]}: ${short(option)}`;
      return make('tr', {},
        make('th', { scope: 'row' }, `try ${at + 1}`),
        make('td', {}, make('span', { class: `v v${verdict}` }, WORDS[verdict])),
        make('td', {}, said),
        make('td', {}, `right: ${right}`),
        make('td', {}, responses[at] ?? '–', judgeSays(sample, order, judged[at])));
    });
    return make('div', { class: 'wide' }, make('table', {}, make('caption', {}, run.name), make('tbody', {}, ...rows)));
  }

  function step(by) {
    if (!shown.length) return;
    const at = shown.indexOf(current);
    show(shown[(at + by + shown.length) % shown.length]);
  }
  $('prev').addEventListener('click', () => step(-1));
  $('next').addEventListener('click', () => step(1));
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('select, input')) return;
    const sample = samples[current];
    if (event.key === 'ArrowRight' || event.key === 'j') step(1);
    else if (event.key === 'ArrowLeft' || event.key === 'k') step(-1);
    else if (event.key === 'n' && sample?.needles.length) {
      const frame = frameNow(sample);
      const ordered = [...sample.needles].sort((one, other) => one.span[0] - other.span[0]);
      seekTo(sample, ordered.find(needle => needle.span[0] > frame) ?? ordered[0]);
    } else if (event.key === ' ' && event.target === document.body) {
      toggle();
    } else return;
    event.preventDefault();
  });

  // A link that somebody typed may not be encoded.
  function decoded(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }

  function fromLink() {
    const id = location.hash.startsWith('#sample=') ? decoded(location.hash.slice(8)) : null;
    const index = samples.findIndex(sample => sample.id === id);
    if (index < 0) return false;
    show(index, false);
    return true;
  }
  const linked = fromLink();
  refresh();
  if (linked) $('viewer').scrollIntoView();
  addEventListener('hashchange', () => {
    if (fromLink()) $('viewer').scrollIntoView();
  });
})();
