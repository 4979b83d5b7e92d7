import bash from './scripts/kds.bash?raw'
import fish from './scripts/kds.fish?raw'
import powershell from './scripts/kds.ps1?raw'
import zsh from './scripts/kds.zsh?raw'

interface CompletionScript {
  /** The name under which the shell finds it. */
  readonly file: string
  readonly text: string
}

/** The completion script of each shell. */
export const completionScripts: ReadonlyMap<string, CompletionScript> = new Map([
  ['bash', { file: 'kds.bash', text: bash }],
  ['zsh', { file: '_kds', text: zsh }],
  ['fish', { file: 'kds.fish', text: fish }],
  ['powershell', { file: 'kds.ps1', text: powershell }],
])
