import type { Context } from '#cli/context.ts'
import { nameOf } from '#cluster/resources.ts'
import type { Gate } from '#controller/waves/decide.ts'
import type { GateCall } from '#rollout/waves/drive.ts'

/**
 * Runs the user's command in the shell; what it prints goes to stderr as it comes. It is told by KDS_DAEMONSET, KDS_NAMESPACE,
 * KDS_WAVE (from 1), KDS_WAVES and KDS_WAVE_LABEL what it judges.
 */
export async function runGateCommand(
  command: string,
  { daemonSet, progress }: GateCall,
  signal: AbortSignal,
  { cwd, env, stderr }: Context,
): Promise<Gate> {
  const { name, namespace } = nameOf(daemonSet)
  const told = {
    KDS_DAEMONSET: name,
    KDS_NAMESPACE: namespace,
    KDS_WAVE: String(progress.wave + 1),
    KDS_WAVES: String(progress.waves),
    KDS_WAVE_LABEL: progress.label,
  }
  const { spawn } = await import('node:child_process')
  return new Promise((resolve) => {
    const child = spawn(command, {
      shell: true,
      cwd,
      env: { ...env, ...told },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const stop = () => void child.kill()
    const failed = (why: string) => resolve({ state: 'failed', why: `the gate ${why}` })
    signal.addEventListener('abort', stop, { once: true })
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8')
      stream.on('data', (text: string) => stderr.write(text))
    }
    child.on('error', (error) => failed(`could not be run: ${error.message}`))
    child.on('close', (code, ended) => {
      signal.removeEventListener('abort', stop)
      if (code === 0) resolve({ state: 'passed' })
      else failed(code === null ? `was ended by ${ended}` : `ended with exit code ${code}`)
    })
  })
}
