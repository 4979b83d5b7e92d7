import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kubectlVersion, type Run } from '../../helpers/kubectl.ts'
import { kubectlSession } from '../../helpers/kubectl-session.ts'
import { comparable, type RecordedCommand, readTranscript, typed } from '../../helpers/kubectl-transcript.ts'
import { liveKds } from '../../helpers/live-world.ts'

const folder = 'test/fixtures/sandbox'

/** What kds says in kubectl's stead; the other commands set the scenes. */
const ours = (command: string) =>
  /^(apply|set image|delete)\b/.test(command) && !/ view-last-applied | -v=8 /.test(command)

/** Where kds is meant to say something else, and how what kubectl said becomes that. */
interface Accepted {
  readonly why: string
  readonly at: RegExp
  readonly adapt: (run: Run) => Run
}

const accepted: readonly Accepted[] = [
  {
    why: 'what goes with a DaemonSet, or stays, is told on stderr',
    at: /^delete (?!.*(none|--cascade=false)|ds$|ds --all$)/,
    adapt: (run) => ({ ...run, err: 'its … and … go or stay\n' }),
  },
  {
    why: 'a hint where kubectl leaves one to guess',
    at: /^(delete ds|apply -f none\.yaml)$/,
    adapt: (run) => ({ ...run, err: `${run.err}hint: …\n` }),
  },
  {
    why: 'the changes that the manifest would undo are not printed: they may hold values of the environment',
    at: / --overwrite=false$/,
    adapt: () => ({
      out: '',
      err: 'error: it was changed since it was applied last, and the manifest says otherwise\nhint: …\n',
      exit: 1,
    }),
  },
  {
    why: 'a change cause is the command that was typed',
    at: /^rollout history/,
    adapt: (run) => ({ ...run, out: run.out.replace('kubectl set image', 'kds set image') }),
  },
]

const shown = (text: string) =>
  comparable(text)
    .replace(/^its .* (go|stay).*$/gm, 'its … and … go or stay')
    .replace(/^hint: .*$/gm, 'hint: …')

describe.skipIf(!kubectlVersion).each(['server-side-apply.txt', 'apply.txt'])(
  kubectlVersion
    ? 'the recorded commands of %s, run with kds'
    : '%s: skipped, there is no kubectl to set the scenes',
  (file) => {
    const entries: readonly RecordedCommand[] = readTranscript(`${folder}/${file}`)
    const runs = kubectlSession('2026-11-20T20:00:00Z', { nodes: 3 }, async function* (session) {
      const { kubectl, settle } = session
      const kubeconfig = join(kubectl.folder, 'config')
      for (const name of readdirSync(`${folder}/apply`))
        kubectl.file(name, readFileSync(`${folder}/apply/${name}`, 'utf8'))
      for (const { command } of entries) {
        const argv = typed(command).words
        const running = ours(command)
          ? liveKds(argv, { kubeconfig, cwd: kubectl.folder })
          : kubectl.run(argv, { cwd: kubectl.folder })
        yield settle(running, command.startsWith('delete'), command.startsWith('get ') ? 2000 : 50)
      }
    })

    const told = entries
      .map((entry, at) => ({ ...entry, at }))
      .filter(({ command }) => ours(command) || command.startsWith('get ') || command.includes('history'))
    it.each(told)('$command', ({ command, out, err, exit, at }) => {
      const reasons = accepted.filter((one) => one.at.test(command))
      const expected = reasons.reduce((run, { adapt }) => adapt(run), { out, err, exit })
      const run = runs[at] ?? { out: '', err: '', exit: -1 }
      expect({ out: shown(run.out).trimEnd(), err: shown(run.err), exit: run.exit }).toEqual({
        out: shown(expected.out).trimEnd(),
        err: shown(expected.err),
        exit: expected.exit,
      })
    })
  },
)
