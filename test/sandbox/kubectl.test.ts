import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { exampleDaemonSet, type Kubectl, kubectlFor, kubectlVersion, type Run } from '../helpers/kubectl.ts'
import { until } from '../helpers/sandbox-client.ts'

/** The commands that the articles on DaemonSets teach, in an order in which they make sense. */
describe.skipIf(!kubectlVersion)(
  `kubectl ${kubectlVersion ?? 'is missing: skipped'} against the sandbox`,
  () => {
    let sandbox: Sandbox
    let kubectl: Kubectl
    let file = ''
    const ds = 'ds/example-daemonset'

    beforeAll(async () => {
      sandbox = await startSandbox({ nodes: 4, speed: 5 })
      kubectl = kubectlFor(sandbox)
      file = kubectl.file('ds.yaml', exampleDaemonSet)
    })
    afterAll(async () => {
      await sandbox.close()
    })

    /** Runs a command that must succeed, and gives what it printed. */
    async function ok(...args: string[]): Promise<string> {
      const run = await kubectl.run(args)
      expect(run, args.join(' ')).toMatchObject({ exit: 0 })
      return run.out
    }
    const fails = async (...args: string[]): Promise<Run> => {
      const run = await kubectl.run(args)
      expect(run.exit, args.join(' ')).not.toBe(0)
      return run
    }
    const ready = () => ok('rollout', 'status', ds)

    it('applies a file, applies it again, and refuses to create it', async () => {
      expect(await ok('apply', '-f', file)).toBe('daemonset.apps/example-daemonset created\n')
      expect(await ok('apply', '-f', file)).toBe('daemonset.apps/example-daemonset unchanged\n')
      expect((await fails('create', '-f', file)).err).toContain(
        'daemonsets.apps "example-daemonset" already exists',
      )
      await ready()
    })

    it('refuses unknown fields, as the real server does', async () => {
      const wrong = kubectl.file(
        'wrong.yaml',
        exampleDaemonSet.replace('image: nginx', 'imge: x\n        image: nginx'),
      )
      const run = await fails('apply', '-f', wrong, '--dry-run=server')
      expect(run.err).toContain(
        'strict decoding error: unknown field "spec.template.spec.containers[0].imge"',
      )
    })

    it('shows differences of a file, and applies with server dry run', async () => {
      const other = kubectl.file('other.yaml', exampleDaemonSet.replace('nginx:latest', 'nginx:9'))
      expect((await fails('diff', '-f', other)).out).toContain('+      - image: nginx:9')
      expect(await ok('apply', '-f', other, '--dry-run=server')).toContain('configured (server dry run)')
      expect(await ok('get', ds, '-o', 'jsonpath={.spec.template.spec.containers[0].image}')).toBe(
        'nginx:latest',
      )
    })

    it('gets in every form', async () => {
      expect(await ok('get', 'pods')).toMatch(
        /^NAME +READY +STATUS +RESTARTS +AGE\n(example-\S+ +1\/1 +Running +0 +\d+s\n){4}$/,
      )
      expect(await ok('get', 'pods', '-o', 'wide')).toMatch(
        /IP +NODE +NOMINATED NODE +READINESS GATES\n[\s\S]* node-1 /,
      )
      expect(await ok('get', 'ds')).toMatch(/example-daemonset +4 +4 +4 +4 +4 +<none>/)
      expect(await ok('get', 'ds', '-o', 'wide')).toMatch(/example-container +nginx:latest +app=example\n$/)
      expect(await ok('get', 'controllerrevisions')).toMatch(/daemonset\.apps\/example-daemonset +1 /)
      expect(await ok('get', 'nodes')).toMatch(/node-1 +Ready +worker/)
      expect(await ok('get', 'ds', '-o', 'yaml')).toContain('kind: DaemonSet')
      expect(await ok('get', 'all')).toContain('daemonset.apps/example-daemonset')
      expect(await ok('get', 'pods', '--field-selector', 'spec.nodeName=node-2', '-o', 'name')).toMatch(
        /^pod\/\S+\n$/,
      )
      expect(await ok('get', 'pods', '-l', 'app in (example,x),!y', '--no-headers')).toMatch(
        /^(example.*\n){4}$/,
      )
      expect(await ok('get', 'pods', '--chunk-size=1', '-o', 'name')).toMatch(/^(pod\/example.*\n){4}$/)
      expect(await ok('get', 'events', '--field-selector', 'reason=SuccessfulCreate')).toContain(
        'Created pod: example-',
      )
      expect(await ok('events', '--for', ds)).toContain('SuccessfulCreate')
    })

    it('watches', async () => {
      const watching = kubectl.run(['get', 'pods', '-w', '-o', 'name'])
      await until(() => sandbox.control.openWatches() > 0)
      const [first = ''] = (await ok('get', 'pods', '-o', 'name')).split('\n')
      await ok('delete', first)
      await ready()
      sandbox.control.cutWatches()
      const run = await watching
      expect(run).toMatchObject({ exit: 0 })
      expect(run.out.split('\n').filter((line) => line === first).length).toBeGreaterThan(1)
    })

    it('describes', async () => {
      expect(await ok('describe', ds)).toMatch(/Pods Status: +4 Running[\s\S]*SuccessfulCreate/)
      expect(await ok('describe', 'pods', '--show-events=true')).toMatch(
        /Controlled By: +DaemonSet\/example-daemonset[\s\S]*Started container/,
      )
      expect(await ok('describe', 'node', 'node-1')).toMatch(
        /HolderIdentity: +node-1[\s\S]*Non-terminated Pods: +\(1 in total\)/,
      )
      expect(await ok('describe', 'controllerrevision')).toMatch(/Revision: +1/)
    })

    it('changes the image with a cause, undoes, and restarts', async () => {
      await ok('set', 'image', ds, 'example-container=nginx:2', '--record')
      await ready()
      expect(await ok('rollout', 'history', ds)).toMatch(/2 +kubectl set image ds\/example-daemonset/)
      expect(await ok('rollout', 'history', ds, '--revision=2')).toContain('nginx:2')
      await ok('rollout', 'undo', ds)
      await ready()
      expect(await ok('rollout', 'history', ds)).toMatch(/\n2 [\s\S]*\n3 /)
      await ok('rollout', 'restart', ds)
      expect(await ready()).toContain('successfully rolled out')
    })

    it('edits and patches', async () => {
      const env = { EDITOR: "sed -i 's/nginx:latest/nginx:3/'" }
      expect(await kubectl.run(['edit', ds], { env })).toMatchObject({
        exit: 0,
        out: `${ds.replace('ds/', 'daemonset.apps/')} edited\n`,
      })
      await ok('patch', ds, '-p', '{"spec":{"updateStrategy":{"rollingUpdate":{"maxUnavailable":2}}}}')
      await ok('patch', ds, '--type=merge', '-p', '{"spec":{"minReadySeconds":1}}')
      await ok(
        'patch',
        ds,
        '--type=json',
        '-p',
        '[{"op":"replace","path":"/spec/minReadySeconds","value":0}]',
      )
      await ok('annotate', ds, 'kubernetes.io/change-cause=by hand', '--overwrite')
      expect(await ok('get', ds, '-o', 'jsonpath={.metadata.annotations.kubernetes\\.io/change-cause}')).toBe(
        'by hand',
      )
      await ready()
    })

    it('labels, taints, cordons and drains nodes', async () => {
      await ok('label', 'node', 'node-1', 'disk=ssd')
      await ok('taint', 'nodes', 'node-2', 'maintenance=true:NoExecute')
      await ok('wait', 'pod', '--for=delete', '--field-selector=spec.nodeName=node-2', '--timeout=10s')
      expect(await ok('get', 'pods', '--field-selector', 'spec.nodeName=node-2', '-o', 'name')).toBe('')
      await ok('taint', 'nodes', 'node-2', 'maintenance-')
      await ok('cordon', 'node-3')
      expect(await ok('get', 'node', 'node-3')).toContain('Ready,SchedulingDisabled')
      await ok('run', 'plain', '--image=nginx', '--overrides={"spec":{"nodeName":"node-3"}}')
      expect((await fails('drain', 'node-3')).err).toContain('cannot delete DaemonSet-managed Pods')
      expect(await ok('drain', 'node-3', '--ignore-daemonsets', '--force')).toContain('node/node-3 drained')
      await fails('get', 'pod', 'plain')
      await ok('uncordon', 'node-3')
      await ready()
    })

    it('makes namespaces, priority classes and what else manifests bring', async () => {
      await ok('create', 'ns', 'logging')
      await ok('create', 'priorityclass', 'high', '--value=1000', '--description=x')
      expect(await ok('get', 'pc', 'high')).toMatch(/high +1000 +false/)
      for (const args of [
        ['configmap', 'c', '--from-literal=a=b'],
        ['secret', 'generic', 's', '--from-literal=p=q'],
        ['sa', 'bob'],
      ])
        await ok('create', ...args, '-n', 'logging')
      await ok('apply', '-n', 'logging', '-f', file)
      await ok('rollout', 'status', ds, '-n', 'logging')
      expect(await ok('auth', 'can-i', 'create', 'daemonsets')).toBe('yes\n')
      await ok('delete', 'ns', 'logging')
      expect((await fails('get', 'ns', 'logging')).err).toContain('namespaces "logging" not found')
    })

    it('waits, and deletes in all three ways', async () => {
      await ok('wait', 'pod', '-l', 'app=example', '--for=condition=Ready', '--timeout=10s')
      await ok('delete', ds, '--cascade=orphan')
      expect(await ok('get', 'pods', '-o', 'name', '-l', 'app=example')).toMatch(/^(pod\/.*\n){4}$/)
      await ok('apply', '-f', file)
      await ready()
      expect(await ok('get', 'pods', '-o', 'jsonpath={.items[*].metadata.ownerReferences[0].kind}')).toBe(
        'DaemonSet DaemonSet DaemonSet DaemonSet',
      )
      await ok('delete', ds, '--cascade=foreground')
      expect(await ok('get', 'pods', '-o', 'name')).toBe('')
      await ok('create', '-f', file)
      await ok('delete', '-f', file)
      await fails('get', ds)
    })
  },
)
