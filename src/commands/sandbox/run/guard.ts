import { spawn } from 'node:child_process'

/**
 * What a shell does that outlives kds: it reads until kds is gone, then asks the command to end, and after ten seconds makes it.
 * It looks every second whether there still is one, so that no later process of that number is met.
 */
const script = `read -r _
kill -TERM "$1" || exit
for second in 1 2 3 4 5 6 7 8 9 10; do sleep 1; kill -0 "$1" || exit; done
kill -KILL "$1"`

/**
 * Sees to it that a child does not outlive kds, should kds be killed with -9. Only POSIX has the means; on Windows, and for the
 * children that the child itself leaves behind, nothing is done.
 *
 * @returns Calls the watch off.
 */
export function guard(child: number): () => void {
  if (process.platform === 'win32') return () => undefined
  // A session of its own: Ctrl-C in the terminal is not for it. Its input ends when kds does, however that comes about.
  const watcher = spawn('/bin/sh', ['-c', script, 'kds', String(child)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // Without a shell there is no guard, which is no reason not to run.
  watcher.on('error', () => undefined)
  watcher.stdin.on('error', () => undefined)
  return () => void watcher.kill('SIGKILL')
}
