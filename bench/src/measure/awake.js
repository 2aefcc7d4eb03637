// Keeps a core from sleeping: runs until its parent is gone.
import process from 'node:process';

const sliceMs = 20;

function spin() {
  const until = performance.now() + sliceMs;
  while (performance.now() < until);
  setImmediate(spin);
}

process.stdin.on('end', () => process.exit()).resume();
spin();
