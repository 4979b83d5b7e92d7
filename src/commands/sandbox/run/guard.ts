import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandFile } from '../folder.ts'

/**
 * What a shell does that outlives kds: it reads until kds is gone. Then it asks the command, whose process stands in a file, to end,
 * and after ten seconds makes it. It looks every second whether there still is one, so that no later process of that number is met.
 */
const script = `read -r _
child=$(cat "$1") || exit
kill -TERM "$child" || exit
for second in 1 2 3 4 5 6 7 8 9 10; do sleep 1; kill -0 "$child" || exit; done
kill -KILL "$child"`

export interface Guard {
  /** Watches over this process. Until then there is nothing that the end of kds could leave behind. */
  over(child: number): void
  /** Calls the watch off. */
  dismiss(): void
}

/**
 * Sees to it that a child does not outlive kds, should kds be killed with -9. To be started before the child, for it takes longer
 * than a child may need to be heard of. Only POSIX has the means; on Windows, and for the children that the child itself leaves
 * behind, nothing is done.
 *
 * @param folder - For a file that is there at once: what is sent through a pipe may still be on its way when kds is killed.
 */
export function guard(folder: string): Guard {
  if (process.platform === 'win32') return { over: () => undefined, dismiss: () => undefined }
  const file = join(folder, commandFile)
  // A session of its own: Ctrl-C in the terminal is not for it. Its input ends when kds does, however that comes about.
  const watcher = spawn('/bin/sh', ['-c', script, 'kds', file], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // Without a shell there is no guard, which is no reason not to run.
  watcher.on('error', () => undefined)
  watcher.stdin.on('error', () => undefined)
  return {
    over: (child) => writeFileSync(file, String(child), { mode: 0o600 }),
    dismiss: () => void watcher.kill('SIGKILL'),
  }
}
