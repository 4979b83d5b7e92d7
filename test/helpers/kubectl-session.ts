import { afterAll, beforeAll } from 'vitest'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { type Kubectl, kubectlFor, type Run } from './kubectl.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'
import { until, whileMoving } from './while-moving.ts'

interface Session {
  readonly sandbox: Sandbox
  readonly kubectl: Kubectl
  readonly clock: ManualClock
  /** Lets a command come to its end, with the clock going on if it waits for the cluster; milliseconds pass after it. */
  settle(running: Promise<Run>, waits: boolean, pause: number): Promise<Run>
}

/** Commands given one after the other to a sandbox whose clock stands still in between; what each answered, before any test. */
export function kubectlSession(
  start: string,
  options: Parameters<typeof startSandbox>[0],
  play: (session: Session) => AsyncIterable<Run>,
): readonly Run[] {
  const runs: Run[] = []
  let sandbox: Sandbox
  let kubectl: Kubectl
  beforeAll(async () => {
    const clock = manualClock(Date.parse(start))
    sandbox = await startSandbox({ ...options, clock })
    kubectl = kubectlFor(sandbox)
    const settle = async (running: Promise<Run>, waits: boolean, pause: number) => {
      const run = await (waits ? whileMoving(sandbox, clock, running) : running)
      await until(() => sandbox.control.openWatches() === 0)
      clock.advance(pause)
      return run
    }
    for await (const run of play({ sandbox, kubectl, clock, settle })) runs.push(run)
  }, 120_000)
  afterAll(async () => {
    await sandbox.close()
  })
  return runs
}
