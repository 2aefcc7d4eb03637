// What a stranger's text has become on this page that is more than text: an array of words on each find.
(() => {
  const own = (element) => {
    const address = element.getAttribute('src') ?? '';
    return (
      element.tagName === 'SCRIPT' && element.textContent === '' && /^\/(console\/)?assets\//.test(address)
    );
  };
  const active = /^\s*(javascript|vbscript|data|blob):/i;
  const addresses = [
    'href',
    'src',
    'action',
    'formaction',
    'xlink:href',
    'srcset',
    'poster',
    'background',
    'data',
  ];
  const finds = [];
  const tell = (element, why) => finds.push(`${why}: ${element.outerHTML.slice(0, 200)}`);
  for (const element of document.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      if (name.startsWith('on')) tell(element, 'an event handler');
      if (name === 'style' || name === 'srcdoc') tell(element, name);
      if (addresses.includes(name) && active.test(value.replaceAll(/[^!-\u{10ffff}]/gu, '')))
        tell(element, 'an active address');
    }
    if (element.matches('script') && !own(element)) tell(element, 'a script');
    if (element.matches('style, iframe, object, embed, base, frame, applet, portal'))
      tell(element, 'an element that nobody asked for');
    if (element.matches('meta[http-equiv]')) tell(element, 'a meta element');
  }
  for (const element of document.querySelectorAll('.article-text *')) {
    if (
      element.matches('form, input, button, select, textarea, svg, math, link, meta, video, audio, template')
    )
      tell(element, 'more than text in an article');
    if (element.hasAttribute('id') || element.hasAttribute('name')) tell(element, 'a name of its own');
  }
  return finds;
})();
