// Says on the console what the Content-Security-Policy has stopped, whatever else the browser says of it.
document.addEventListener(
  'securitypolicyviolation',
  ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
    console.error(`CSP: ${violatedDirective} stopped ${blockedURI} at ${sourceFile}:${lineNumber}`);
  },
);
