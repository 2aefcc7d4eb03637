import Bowser from 'bowser';

const maxLength = 80;

/** What a client called itself, in words for people: "Firefox 128 on Linux". What says nothing known stands as it is. */
export function deviceWords(userAgent: string | undefined): string {
  if (userAgent === undefined || userAgent.trim() === '') return 'An unknown device';
  const { browser, os } = Bowser.parse(userAgent);
  if (!browser.name || !os.name) return Array.from(userAgent).slice(0, maxLength).join('');
  const version = browser.version?.split('.', 1)[0];
  return `${browser.name}${version ? ` ${version}` : ''} on ${os.name}`;
}
