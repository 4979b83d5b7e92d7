import { UsageError } from '#base/errors.ts'
import type { Command } from '../spec.ts'
import { completionScripts } from './scripts.ts'

export const completionCommand: Command = {
  async run({ args }, { stdout }) {
    const shells = [...completionScripts.keys()].join(', ')
    const [shell] = args
    const script = completionScripts.get(shell ?? '')
    if (!script)
      throw new UsageError(shell === undefined ? 'no shell given' : `no completion for shell "${shell}"`, {
        hint: `shells are: ${shells}`,
      })
    stdout.write(script.text)
    return 0
  },
}
