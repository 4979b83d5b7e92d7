import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { type Stage, stage } from '../../helpers/stage.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

let staged: Stage
let folder: string
beforeAll(() => {
  staged = stage()
}, 60_000)
beforeEach(() => {
  folder = temporaryFolder()
})

/** Runs a script as the CI does. */
function run(
  script: string,
  cwd: string,
  env: Record<string, string> = {},
): Promise<{ exit: number | null; text: string }> {
  return new Promise((resolve) => {
    const child = spawn('bash', ['-eo', 'pipefail', '-c', script], {
      cwd,
      env: {
        ...env,
        PATH: `${staged.bin}:${process.env.PATH}`,
        HOME: folder,
        GIT_CONFIG_GLOBAL: '/dev/null',
      },
    })
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        text += chunk
      })
    child.on('close', (exit) => resolve({ exit, text }))
  })
}
describe('rollout-or-undo.sh, on a sandbox', () => {
  let sandbox: Sandbox
  beforeEach(async () => {
    sandbox = await startSandbox({ nodes: 3, speed: 50 })
    writeFileSync(join(folder, 'config'), sandbox.kubeconfig, { mode: 0o600 })
    return () => sandbox.close()
  })

  const manifest = (image: string, annotations = '{}') => {
    const file = join(folder, 'agent.yaml')
    writeFileSync(
      file,
      `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}, annotations: ${annotations}}
    spec: {containers: [{name: agent, image: ${image}}]}
`,
    )
    return file
  }
  const apply = (file: string, timeout = '60s') =>
    run(`"${process.cwd()}/docs/ci/rollout-or-undo.sh" "${file}" agent default ${timeout}`, folder, {
      KUBECONFIG: join(folder, 'config'),
    })

  it('waits for a roll-out that works', async () => {
    const { exit, text } = await apply(manifest('agent:1'))
    expect(text).toContain('successfully rolled out')
    expect(exit).toBe(0)
  })
  it('goes back when the release is at fault', async () => {
    await apply(manifest('agent:1'))
    const { exit, text } = await apply(manifest('agent:bad'), '3s')
    expect(text).toContain('rolled back')
    expect(exit).toBe(1)
    const image = await run(
      "kubectl get ds agent -o jsonpath='{.spec.template.spec.containers[0].image}'",
      folder,
      {
        KUBECONFIG: join(folder, 'config'),
      },
    )
    expect(image.text).toBe('agent:1')
  })
  it('goes not back for nodes that have no room', async () => {
    const { exit, text } = await apply(manifest('agent:1, resources: {requests: {cpu: "1000"}}'), '2s')
    expect(text).not.toContain('going back')
    expect({ exit, text: exit === 2 ? '' : text }).toEqual({ exit: 2, text: '' })
  })
  it('undoes nothing when kubectl apply fails', async () => {
    const { exit, text } = await apply(join(folder, 'missing.yaml'))
    expect(exit).toBe(1)
    expect(text).not.toContain('going back')
  })
})
