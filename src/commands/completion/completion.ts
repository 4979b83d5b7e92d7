import { UsageError } from '#base/errors.ts'
import { completionScripts } from '#cli/completion/scripts.ts'
import type { Command } from '#cli/spec.ts'

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
