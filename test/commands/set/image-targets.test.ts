import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { exampleDaemonSet } from '../../helpers/kubectl.ts'
import { liveKds } from '../../helpers/live-world.ts'
import { workspace } from '../../helpers/workspace.ts'

let sandbox: Sandbox
const folder = workspace({ 'ds.yaml': exampleDaemonSet })
const kds = (args: string) => liveKds(args.split(' '), { kubeconfig: join(folder, 'config'), cwd: folder })
beforeAll(async () => {
  sandbox = await startSandbox()
  writeFileSync(join(folder, 'config'), sandbox.kubeconfig, { mode: 0o600 })
})
afterAll(() => sandbox.close())

it('set image changes nothing where one of its targets is not there', async () => {
  await kds('apply -f ds.yaml')
  for (const names of ['example-daemonset none', 'none example-daemonset'])
    expect(await kds(`set image ds ${names} *=nginx:2`)).toEqual({
      out: '',
      err: 'Error from server (NotFound): daemonsets.apps "none" not found\n',
      exit: 1,
    })
  const { out } = await kds('set image ds/example-daemonset *=nginx:2')
  expect(out).toBe('daemonset.apps/example-daemonset image updated\n')
})
