import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { type Kubectl, kubectlFor, kubectlVersion } from '../helpers/kubectl.ts'
import { manualClock } from '../helpers/manual-clock.ts'
import { ask } from '../helpers/sandbox-client.ts'
import { daemonSet, daemonSets } from './served.ts'

let sandbox: Sandbox
let pod = ''
beforeAll(async () => {
  const clock = manualClock(Date.parse('2026-11-20T20:00:00Z'))
  sandbox = await startSandbox({ nodes: 1, clock })
  clock.advance(10)
  await ask(sandbox, { method: 'POST', path: daemonSets, body: daemonSet('agent') })
  clock.advance(60_000)
  const { body } = await ask(sandbox, { path: '/api/v1/namespaces/default/pods' })
  pod =
    (body as { readonly items: readonly { readonly metadata: { readonly name: string } }[] }).items[0]
      ?.metadata.name ?? ''
})
afterAll(() => sandbox.close())

const none = 'the sandbox simulates its containers and runs none:'

describe('what a sandbox does not have is told in one sentence', () => {
  it.each([
    ['GET', 'pods/POD/log', 400, 'the sandbox has no container output: kubectl logs does not work here'],
    ['POST', 'pods/POD/exec?command=ls', 400, `${none} kubectl exec and kubectl cp do not work here`],
    ['POST', 'pods/POD/attach', 400, `${none} kubectl attach does not work here`],
    ['POST', 'pods/POD/portforward', 400, `${none} kubectl port-forward does not work here`],
    ['PATCH', 'pods/POD/ephemeralcontainers', 400, `${none} kubectl debug of a pod does not work here`],
    [
      'POST',
      'serviceaccounts/default/token',
      400,
      'the sandbox issues no tokens: its kubeconfig holds the only one there is',
    ],
    [
      'POST',
      '/apis/apps/v1/namespaces/default/deployments',
      404,
      'the sandbox serves no deployments: it is there for DaemonSets and what runs beside them ("kubectl api-resources" lists all kinds)',
    ],
    ['GET', 'pods/POD/nope', 404, 'the server could not find the requested resource'],
    ['GET', 'gadgets', 404, 'the server could not find the requested resource'],
  ])('%s %s', async (method, path, code, message) => {
    const at = path.startsWith('/') ? path : `/api/v1/namespaces/default/${path.replace('POD', pod)}`
    const { body } = await ask(sandbox, { method, path: at, ...(method === 'GET' ? {} : { body: {} }) })
    expect(body).toMatchObject({ kind: 'Status', code, message })
  })
})

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {selector: {matchLabels: {a: b}}}
`

describe.skipIf(!kubectlVersion)(`kubectl ${kubectlVersion ?? 'is missing: skipped'} says so`, () => {
  let kubectl: Kubectl
  beforeAll(() => {
    kubectl = kubectlFor(sandbox)
    kubectl.file('web.yaml', deployment)
  })

  const noMatch = 'no matches for kind "Deployment" in version "apps/v1"'
  it.each([
    ['logs POD', 'kubectl logs does not work here'],
    ['logs -f ds/agent --pod-running-timeout=1s', 'kubectl logs does not work here'],
    ['exec POD -- ls', 'kubectl exec and kubectl cp do not work here'],
    ['exec -i POD -- sh', 'kubectl exec and kubectl cp do not work here'],
    ['attach POD', 'kubectl attach does not work here'],
    ['cp POD:/etc/hosts hosts', 'kubectl exec and kubectl cp do not work here'],
    ['cp web.yaml POD:/tmp', 'kubectl exec and kubectl cp do not work here'],
    ['port-forward POD 8080:80', 'kubectl port-forward does not work here'],
    ['debug POD --image=busybox -i', 'kubectl debug of a pod does not work here'],
    ['create token default', 'the sandbox issues no tokens'],
    ['top nodes', 'Metrics API not available'],
    ['create deployment web --image=nginx', 'the sandbox serves no deployments'],
    ['apply -f web.yaml', noMatch],
    ['apply --server-side -f web.yaml', noMatch],
    ['create -f web.yaml', noMatch],
    ['replace -f web.yaml', noMatch],
    ['diff -f web.yaml', noMatch],
    ['get deployments', 'the server doesn\'t have a resource type "deployments"'],
  ])('%s', async (command, words) => {
    const args = command.split(' ').map((word) => word.replace('POD', pod))
    const { exit, err } = await kubectl.run(args, { cwd: kubectl.folder })
    expect(exit).toBe(1 + Number(command.startsWith('diff')))
    expect(err).toContain(words)
    expect(err).not.toMatch(/openapi/i)
  })

  it('sends some of its objects as protobuf, and they are taken', async () => {
    const created = await kubectl.run([
      'debug',
      'node/node-1',
      '--image=busybox',
      '--profile=general',
      '--attach=false',
    ])
    expect(created).toMatchObject({ exit: 0 })
    const service = await kubectl.run([
      'create',
      'service',
      'clusterip',
      'web',
      '--tcp=80:8080',
      '-o',
      'json',
    ])
    expect(JSON.parse(service.out)).toMatchObject({
      spec: { ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }] },
    })
  })
})
