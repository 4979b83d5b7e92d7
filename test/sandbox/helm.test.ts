import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { types } from '#sandbox/api/resources.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { type Kubectl, kubectlFor, type Run } from '../helpers/kubectl.ts'

const hasHelm = spawnSync('helm', ['version']).status === 0

const objects = `
apiVersion: v1
kind: ConfigMap
metadata: {name: agent}
data: {tag: {{ .Values.tag | quote }}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      containers: [{name: agent, image: "agent:{{ .Values.tag }}", envFrom: [{configMapRef: {name: agent}}]}]
`
const hook = `
apiVersion: batch/v1
kind: Job
metadata:
  name: before
  annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-delete-policy: "before-hook-creation,hook-succeeded"}
spec:
  template:
    spec: {restartPolicy: Never, containers: [{name: c, image: migrate}]}
`

describe.skipIf(!hasHelm)('helm, where there is one', { timeout: 60_000 }, () => {
  let sandbox: Sandbox
  let place: Kubectl
  const helm = (...args: string[]): Promise<Run> =>
    new Promise((resolve) => {
      const env = { PATH: process.env.PATH, HOME: place.folder, KUBECONFIG: join(place.folder, 'config') }
      execFile('helm', args, { env, cwd: place.folder }, (error, out, err) =>
        resolve({ out, err, exit: error ? Number(error.code ?? 1) : 0 }),
      )
    })
  const image = () => {
    const daemonSet = sandbox.control.store.get(types.daemonSets, 'default', 'agent')
    return JSON.stringify(daemonSet?.spec).match(/agent:\w+/)?.[0]
  }

  beforeAll(async () => {
    sandbox = await startSandbox({ nodes: 3, speed: 20 })
    place = kubectlFor(sandbox)
    mkdirSync(join(place.folder, 'chart', 'templates'), { recursive: true })
    place.file('chart/Chart.yaml', 'apiVersion: v2\nname: agent\nversion: 0.1.0\n')
    place.file('chart/values.yaml', 'tag: "1"\n')
    place.file('chart/templates/objects.yaml', objects)
    place.file('chart/templates/hook.yaml', hook)
  })
  afterAll(async () => {
    await sandbox.close()
  })

  it('installs a chart with a hook, upgrades it, rolls it back and takes it away, waiting each time', async () => {
    expect(await helm('install', 'agent', 'chart', '--wait')).toMatchObject({ exit: 0, err: '' })
    expect(image()).toBe('agent:1')
    expect(await helm('upgrade', 'agent', 'chart', '--set', 'tag=two', '--wait')).toMatchObject({ exit: 0 })
    expect(image()).toBe('agent:two')
    expect((await helm('history', 'agent')).out).toMatch(/superseded[\s\S]*deployed/)
    expect(await helm('rollback', 'agent', '1', '--wait')).toMatchObject({ exit: 0 })
    expect(image()).toBe('agent:1')
    expect(await helm('uninstall', 'agent', '--wait')).toMatchObject({ exit: 0 })
    expect(sandbox.control.store.collection(types.daemonSets).size).toBe(0)
  })
})
