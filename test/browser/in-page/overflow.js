// What sticks out of the page to the right, unless it stands in a box that scrolls by itself: an array of words on each.
(() => {
  const width = document.documentElement.clientWidth;
  const scrolls = (element) =>
    element !== null &&
    element !== document.body &&
    element !== document.documentElement &&
    (getComputedStyle(element).overflowX !== 'visible' || scrolls(element.parentElement));
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.body.querySelectorAll('*')]
    .filter((element) => element.getBoundingClientRect().right > width + 1 && !scrolls(element.parentElement))
    .map((element) => `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}`)
    .concat(`the page is ${document.documentElement.scrollWidth} wide, the window ${width}`);
})();
