(() => {
  'use strict';
  const $ = id => document.getElementById(id);
  const video = $('video');
  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  // What the page says, in the language of the question.
  let said = TEXTS.en;
  function speak(language) {
    said = TEXTS[language] ?? TEXTS.en;
    document.documentElement.lang = said === TEXTS.en ? 'en' : language;
    for (const element of document.querySelectorAll('[data-text]')) element.textContent = said[element.dataset.text];
    for (const element of document.querySelectorAll('[data-label]')) element.setAttribute('aria-label', said[element.dataset.label]);
    drawPlay();
    drawSound();
  }
  const letter = at => String.fromCharCode(65 + at);

  let watch = 'free';
  let annotator = '';
  let question = null;
  let hasEnded = false;
  let isSending = false;
  // Milliseconds that the question has been to be seen, up to the last time the page was hidden.
  let seenFor = 0;
  let seenSince = null;

  /* The server. */
  class Refused extends Error {
    constructor(status, message) { super(message); this.status = status; }
  }
  async function ask(path, message) {
    const options = message && { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(message) };
    const reply = await fetch(path, options);
    const value = await reply.json().catch(() => ({}));
    if (!reply.ok) throw new Refused(reply.status, value.error ?? said.failed);
    return value;
  }

  function only(id) {
    for (const part of ['start', 'ask', 'end']) $(part).hidden = part !== id;
    $('progress').hidden = id === 'start';
  }
  const announce = text => { $('live').textContent = text; };

  function lost(retry) {
    video.pause();
    $('end').querySelector('h1').textContent = said.lost;
    $('end').querySelector('p').textContent = said.ask;
    $('retry').hidden = false;
    $('retry').onclick = retry;
    only('end');
    $('end').querySelector('h1').focus();
  }

  /* The start. */
  function drawRules(needsName) {
    const rules = [...said[watch], said.final, said.later];
    $('rules').replaceChildren(...rules.map(rule => make('li', {}, rule)));
    const keys = [[`A B C … ${said.or} 1 2 3 …`, said.keyOption], ['Enter', said.keySubmit], [said.space, watch === 'once' ? said.keyStart : said.keyPlay]];
    if (watch === 'free') keys.push(['← →', said.keySeek], [', .', said.keyFrame]);
    keys.push(['[ ]', said.keyMark]);
    $('keys').replaceChildren(...keys.flatMap(([key, what]) => [
      make('dt', {}, ...key.split(' ').flatMap(part => [part === said.or || part === '…' ? part : make('kbd', {}, part), ' '])), make('dd', {}, what)]));
    if (needsName) $('people').before(make('p', { className: 'unseen' }, said.chooseName));
  }

  async function start() {
    let setting;
    try { setting = await ask('quiz'); } catch { lost(start); return; }
    watch = setting.watch;
    const people = setting.annotators;
    speak(setting.language);
    document.title = said.name;
    drawRules(people.length > 1);
    const button = ({ name, answered, total, rest }) => {
      const element = make('button', { type: 'button', onclick: () => enter(name) });
      if (people.length === 1) {
        element.className = 'lone';
        element.append(answered > 0 && rest > 0 ? said.resume(answered + 1, total) : said.start);
      } else {
        element.append(make('span', {}, name), make('small', {}, rest === 0 ? said.all : said.answered(answered, total)));
      }
      return element;
    };
    $('people').replaceChildren(...(people.length > 1 ? [make('p', {}, said.who)] : []), ...people.map(button));
    // A reload goes on where it was.
    const name = decoded(location.hash.slice(1));
    if (location.hash && people.some(person => person.name === name || (name === '-' && person.name === ''))) {
      await enter(name === '-' ? '' : name);
      return;
    }
    only('start');
    $('start').querySelector('h1').focus();
  }
  function decoded(text) {
    try { return decodeURIComponent(text); } catch { return text; }
  }

  async function enter(name) {
    annotator = name;
    history.replaceState(null, '', `#${encodeURIComponent(name || '-')}`);
    $('who').textContent = name;
    $('who').hidden = !name;
    await next();
  }

  /* A question. */
  async function next() {
    let state;
    try { state = await ask(`question?annotator=${encodeURIComponent(annotator)}`); } catch { lost(next); return; }
    const { answered, total, rest } = state;
    $('bar').max = total;
    $('bar').value = answered;
    question = state.question;
    if (question) speak(question.language);
    $('count').textContent = said.answered(answered, total);
    if (question) show(answered, total); else finish(answered, total, rest);
  }

  function finish(answered, total) {
    video.removeAttribute('src');
    video.load();
    const isAll = answered === total;
    $('end').querySelector('h1').textContent = isAll ? said.allAnswered : said.enough;
    $('end').querySelector('p').textContent = said.thanks(answered, total);
    $('retry').hidden = true;
    document.title = said.done;
    only('end');
    $('end').querySelector('h1').focus();
  }

  function show(answered, total) {
    only('ask');
    hasEnded = false;
    seenFor = 0;
    seenSince = document.hidden ? null : performance.now();
    const number = said.number(answered + 1, total);
    document.title = number;
    $('number').textContent = number;
    $('text').textContent = question.question;
    $('question').lang = question.language;
    $('error').textContent = '';
    drawAnswer();
    load();
    scrollTo(0, 0);
    $('question').focus({ preventScroll: true });
    announce(`${answered > 0 ? said.saved : ''}${number}${said.stop}`);
    refresh();
  }

  function drawAnswer() {
    const isChoice = question.kind === 'choice';
    $('options').lang = question.language;
    $('options').replaceChildren(...question.options.map((option, at) => make('label', {},
      make('input', { type: 'radio', name: 'option', value: String(at), onchange: refresh }), make('b', { ariaHidden: 'true' }, letter(at)), make('span', {}, option))));
    $('open').hidden = isChoice;
    $('reply').value = '';
    $('reply').inputMode = question.kind === 'number' ? 'numeric' : 'text';
    $('reply').lang = question.language;
    $('marks').hidden = question.kind !== 'spans';
    $('mark').hidden = true;
    $('stage').classList.toggle('pointing', question.kind === 'point');
    // What stands between backquotes is an example.
    const format = question.kind === 'point'
      ? said.point
      : question.format ?? '';
    $('format').replaceChildren(...format.split('`').map((part, at) => at % 2 ? make('code', {}, part) : part));
    $('format').lang = question.kind === 'point' ? document.documentElement.lang : question.language;
  }

  function load() {
    $('stage').style.aspectRatio = `${question.width || 16} / ${question.height || 9}`;
    $('stage').style.maxWidth = `calc(${matchMedia('(max-width: 820px)').matches ? 38 : 72}vh * ${(question.width || 16) / (question.height || 9)})`;
    $('trouble').hidden = true;
    $('begin').hidden = false;
    $('begin').disabled = false;
    for (const id of ['play', 'steps']) $(id).hidden = watch === 'once';
    $('seek').disabled = watch === 'once';
    $('seek').value = '0';
    video.setAttribute('aria-label', said.video);
    video.src = question.video;
    // What is asked about the sound takes it; the player is silent elsewhere, so that nobody is startled.
    video.muted = !question.sound;
    drawSound();
    drawLines();
    tick();
  }
  const track = video.addTextTrack('subtitles');
  track.mode = 'showing';
  async function drawLines() {
    for (const cue of [...track.cues]) track.removeCue(cue);
    const { key, lines } = question;
    if (!lines) return;
    try {
      const found = await ask(lines);
      if (question?.key !== key) return;
      for (const line of found) {
        const cue = new VTTCue(line.start_ms / 1000, line.end_ms / 1000, line.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;'));
        track.addCue(cue);
      }
    } catch (error) {
      $('trouble').hidden = false;
      complain(error.message);
    }
  }

  const answerGiven = () => question.kind === 'choice' ? document.querySelector('#options :checked') !== null : $('reply').value.trim() !== '';
  const mayAnswer = () => watch === 'free' || hasEnded;

  function refresh() {
    $('submit').disabled = isSending || !mayAnswer() || !answerGiven();
    $('wait').textContent = mayAnswer() ? '' : said.wait;
  }

  document.addEventListener('visibilitychange', () => {
    if (document.hidden && seenSince !== null) { seenFor += performance.now() - seenSince; seenSince = null; }
    else if (!document.hidden && seenSince === null) seenSince = performance.now();
  });

  async function submit() {
    if (!question || isSending || !mayAnswer()) return;
    const given = { annotator, key: question.key, time_ms: Math.round(seenFor + (seenSince === null ? 0 : performance.now() - seenSince)) };
    if (question.kind === 'choice') {
      const chosen = document.querySelector('#options :checked');
      if (!chosen) { complain(said.chooseOption); return; }
      given.option = Number(chosen.value);
    } else {
      given.text = $('reply').value;
      if (!given.text.trim()) { complain(said.type); $('reply').focus(); return; }
    }
    isSending = true;
    refresh();
    try {
      await ask('answer', given);
      video.pause();
      await next();
    } catch (error) {
      if (!(error instanceof Refused)) lost(next);
      // It was answered on another page, or the server was started again.
      else if (error.status === 409) await next();
      else complain(error.message);
    } finally {
      isSending = false;
      if (question) refresh();
    }
  }
  function complain(text) { $('error').textContent = ''; $('error').textContent = text; }
  $('form').addEventListener('submit', event => { event.preventDefault(); submit(); });
  $('reply').addEventListener('input', () => { $('error').textContent = ''; placeMark(); refresh(); });

  /* The video. */
  const lastSecs = () => question.visible_ms / 1000;
  const frameSecs = () => question.rate[1] / question.rate[0];
  // Hundredths tell frames apart up to 100 a second; the right answers of faster videos have thousandths.
  const exact = secs => secs.toFixed(question.rate[0] > 100 * question.rate[1] ? 3 : 2);
  const clock = secs => `${Math.floor(secs / 60)}:${String(Math.floor(secs % 60)).padStart(2, '0')}`;

  function tick() {
    if (!question) return;
    const now = Math.min(video.currentTime, lastSecs());
    if (document.activeElement !== $('seek') || !video.paused) $('seek').value = String(1000 * now / Math.max(lastSecs(), 0.001));
    const isExact = question.kind === 'spans' || question.kind === 'moment';
    $('where').textContent = isExact ? said.of(exact(now), exact(lastSecs())) : `${clock(now)} / ${clock(lastSecs())}`;
    $('seek').setAttribute('aria-valuetext', said.time(isExact ? exact(now) : now.toFixed(0)));
    // A question may be asked before the video ends.
    if (!video.paused && video.currentTime >= lastSecs() - frameSecs() / 2) { video.pause(); ended(); }
  }
  function ended() {
    if (hasEnded) return;
    hasEnded = true;
    $('begin').hidden = true;
    refresh();
    if (watch === 'once') announce(said.ended);
  }
  video.addEventListener('ended', ended);
  for (const name of ['timeupdate', 'seeked', 'loadedmetadata', 'pause']) video.addEventListener(name, tick);
  (function follow() { if (!video.paused) tick(); requestAnimationFrame(follow); })();

  function seek(secs) {
    if (watch === 'once' || !question) return;
    video.currentTime = Math.max(0, Math.min(secs, lastSecs() - frameSecs() / 2));
  }
  function play() {
    if (!question || (watch === 'once' && (hasEnded || !video.paused))) return;
    if (video.currentTime >= lastSecs() - frameSecs()) video.currentTime = 0;
    video.play().catch(() => {});
  }
  function toggle() {
    if (video.paused) play();
    else if (watch === 'free') video.pause();
  }
  video.addEventListener('play', () => {
    $('begin').hidden = true;
    // The server notes it; where it is away, the answer will say so.
    ask('begin', { annotator, key: question.key }).catch(() => {});
  });
  video.addEventListener('pause', () => {
    // Headphones and the keys of a keyboard pause, too.
    if (watch === 'once' && question && !hasEnded && !video.ended && !video.error && video.currentTime < lastSecs() - frameSecs()) video.play().catch(() => { $('begin').hidden = false; });
  });
  function drawPlay() {
    $('play').textContent = video.paused ? '▶' : '❚❚';
    $('play').setAttribute('aria-label', video.paused ? said.play : said.pause);
  }
  for (const name of ['play', 'pause', 'emptied']) video.addEventListener(name, drawPlay);
  video.addEventListener('ratechange', () => { if (watch === 'once' && video.playbackRate !== 1) video.playbackRate = 1; });
  video.addEventListener('error', () => {
    if (!video.getAttribute('src')) return;
    $('begin').hidden = true;
    $('trouble').hidden = false;
  });
  video.addEventListener('contextmenu', event => event.preventDefault());
  video.addEventListener('click', event => {
    if (question?.kind === 'point') point(event);
    else toggle();
  });
  $('begin').addEventListener('click', () => { play(); $('question').focus({ preventScroll: true }); });
  $('play').addEventListener('click', toggle);
  $('seek').addEventListener('input', event => seek(lastSecs() * event.target.value / 1000));
  for (const button of document.querySelectorAll('#steps button')) button.addEventListener('click', () => {
    const { by, frames } = button.dataset;
    if (frames) step(Number(frames)); else seek(video.currentTime + Number(by));
  });
  function step(frames) {
    if (watch === 'once') return;
    video.pause();
    // The middle of a frame: a seek to its edge may land on the frame before it.
    seek((Math.floor(video.currentTime / frameSecs() + 1e-6) + frames + 0.5) * frameSecs());
  }
  $('sound').addEventListener('click', () => {
    video.muted = !video.muted;
    drawSound();
  });
  function drawSound() {
    $('sound').textContent = video.muted ? said.soundOff : said.soundOn;
    $('sound').setAttribute('aria-pressed', String(!video.muted));
  }
  $('again').addEventListener('click', load);
  $('later').addEventListener('click', async () => {
    try { await ask('later', { annotator, key: question.key }); } catch (error) { if (!(error instanceof Refused)) { lost(next); return; } }
    await next();
  });

  /* Points and times. */
  function point(event) {
    const { left, top, width, height } = video.getBoundingClientRect();
    const share = (at, length) => Math.min(1, Math.max(0, at / length)).toFixed(3).replace(/\.?0+$/, '') || '0';
    $('reply').value = `(${share(event.clientX - left, width)}, ${share(event.clientY - top, height)})`;
    $('error').textContent = '';
    placeMark();
    refresh();
    announce(said.marked($('reply').value));
  }
  function placeMark() {
    const found = question?.kind === 'point' && /^\(?\s*([01]?\.?\d*)\s*,\s*([01]?\.?\d*)\s*\)?$/.exec($('reply').value.trim());
    const [x, y] = found ? [Number(found[1]), Number(found[2])] : [-1, -1];
    const isInside = found && found[1] && found[2] && x >= 0 && x <= 1 && y >= 0 && y <= 1;
    $('mark').hidden = !isInside;
    if (isInside) Object.assign($('mark').style, { left: `${100 * x}%`, top: `${100 * y}%` });
  }
  function markTime(isStart) {
    const time = exact(Math.min(video.currentTime, lastSecs()));
    const field = $('reply');
    const spans = field.value.split(',').map(part => part.trim()).filter(Boolean);
    const isOpen = spans.length > 0 && /-$/.test(spans.at(-1));
    if (isStart) {
      if (isOpen) spans.pop();
      else if (!question.several) spans.length = 0;
      spans.push(`${time} -`);
    } else if (isOpen) {
      spans.push(`${spans.pop()} ${time}`);
    } else {
      complain(said.startFirst);
      return;
    }
    field.value = spans.join(', ');
    $('error').textContent = '';
    announce(isStart ? said.startAt(time) : said.endAt(time));
    refresh();
  }
  $('from').addEventListener('click', () => markTime(true));
  $('to').addEventListener('click', () => markTime(false));

  /* Keys. */
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || $('ask').hidden || !question) return;
    const isTyping = event.target === $('reply');
    const isRange = event.target === $('seek');
    const isButton = event.target instanceof HTMLButtonElement;
    if (event.key === 'Enter') {
      if (isButton) return;
      submit();
    } else if (isTyping) {
      return;
    } else if (event.key === ' ') {
      if (isButton || event.target.type === 'radio') return;
      toggle();
    } else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      if (isRange || event.target.type === 'radio') return;
      seek(video.currentTime + (event.key === 'ArrowLeft' ? -5 : 5));
    } else if (question.kind === 'choice' && choose(event.key)) {
      // It is chosen.
    } else if (question.kind !== 'choice' && /^[\p{L}\p{N}(]$/u.test(event.key)) {
      // What is typed goes into the field, wherever the focus is.
      $('reply').focus();
      return;
    } else if (event.key === ',' || event.key === '.') {
      step(event.key === ',' ? -1 : 1);
    } else if (question.kind === 'spans' && (event.key === '[' || event.key === ']')) {
      markTime(event.key === '[');
    } else {
      return;
    }
    event.preventDefault();
  });
  function choose(key) {
    const at = /^[1-9]$/.test(key) ? Number(key) - 1 : /^[a-z]$/i.test(key) ? key.toUpperCase().charCodeAt(0) - 65 : -1;
    const option = document.querySelectorAll('#options input')[at];
    if (!option) return false;
    option.checked = true;
    option.focus();
    refresh();
    return true;
  }
  addEventListener('hashchange', start);
  start();
})();
