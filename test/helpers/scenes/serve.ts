import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import type { KubeObject } from '#kube/types.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { manualClock } from '../manual-clock.ts'
import { kds, type RunOptions, type RunResult } from '../run.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { sceneTime } from './stage.ts'

/** The dump of a scene, as `--snapshot` takes it. */
export const sceneFile = (name: string): string => `test/fixtures/commands/scenes/${name}.yaml`

/** A scene behind an API server, standing still at the moment of its dump. */
export interface ServedScene {
  /** Runs kds against it, at that moment; no namespace is set but `default`. */
  kds(argv: readonly string[], options?: Pick<RunOptions, 'terminal' | 'env' | 'stdin'>): Promise<RunResult>
  readonly sandbox: Sandbox
  /** The path of a kubeconfig. */
  readonly kubeconfig: string
  close(): Promise<void>
}

/** Serves a scene from a sandbox whose clock nobody moves: objects change by requests only, and no loop answers them. */
export async function serveScene(name: string): Promise<ServedScene> {
  const list = load(readFileSync(sceneFile(name), 'utf8')) as KubeObject
  const sandbox = await startSandbox({ objects: [list], clock: manualClock(sceneTime) })
  const folder = temporaryFolder()
  const kubeconfig = join(folder, 'config')
  writeFileSync(kubeconfig, sandbox.kubeconfig, { mode: 0o600 })
  return {
    sandbox,
    kubeconfig,
    kds: (argv, { env, ...options } = {}) =>
      kds(argv, {
        ...options,
        now: sceneTime,
        env: {
          HOME: '/nonexistent',
          ...(options.terminal === undefined ? {} : { TERM: 'xterm' }),
          ...env,
          KUBECONFIG: kubeconfig,
        },
      }),
    async close() {
      await sandbox.close()
    },
  }
}

/** Runs kds on the dump of a scene, at the scene's moment. */
export const kdsOnDump = (
  name: string,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> => kds([...argv, '--snapshot', sceneFile(name)], { ...options, now: sceneTime })
