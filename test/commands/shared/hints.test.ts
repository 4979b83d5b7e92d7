import { describe, expect, it } from 'vitest'
import { ApiError } from '#cluster/api-error.ts'
import type { Cluster } from '#cluster/port.ts'
import { hinted, namespacesHint, nothingNamed, otherNamespaces } from '#commands/shared/hints.ts'

/** A cluster that only lists DaemonSets, in these namespaces; undefined: it may not be asked. */
const connectedTo = (namespaces: readonly string[] | undefined) => ({
  cluster: {
    list: async () => {
      if (!namespaces) throw new ApiError('Forbidden', 403, { shown: 'no', server: 'no' })
      return { items: namespaces, resourceVersion: '1' }
    },
  } as unknown as Cluster,
  namespace: 'default',
  namespaceGiven: false,
  signal: new AbortController().signal,
})

const notFound = new ApiError('NotFound', 404, {
  shown: 'Error from server (NotFound): daemonsets.apps "a" not found',
  server: 'daemonsets.apps "a" not found',
})
const forbidden = (server: string) =>
  new ApiError('Forbidden', 403, { shown: `Error from server (Forbidden): ${server}`, server })

describe('hints', () => {
  it.each([
    [['one'], 'namespace one has one: add -n one'],
    [['one', 'two'], 'namespaces one, two have one: add -n NAME'],
    [
      Array.from({ length: 20 }, (_, at) => `namespace-${at}`),
      'namespaces namespace-0, namespace-1, namespace-2 and 17 more have one: add -n NAME',
    ],
  ])(
    'name the namespaces that have such a DaemonSet, as many as a line takes: %j',
    async (namespaces, hint) => {
      const told = await hinted(notFound, connectedTo(namespaces))
      expect(told).toMatchObject({ message: notFound.message, verbatim: true, hint })
    },
  )

  it.each([[[]], [undefined]])('say nothing where there is nothing to say: %j', async (namespaces) => {
    expect(await hinted(notFound, connectedTo(namespaces))).toBe(notFound)
  })

  it('point to kubectl where the name is that of another kind', async () => {
    const pods = 'daemonsets.apps "pods" not found'
    const told = await hinted(new ApiError('NotFound', 404, { shown: pods, server: pods }), connectedTo([]))
    expect(told.hint).toBe('kds works on DaemonSets only: try kubectl with pods')
  })

  it.each([
    [
      'daemonsets.apps "a" is forbidden: User "eve" cannot patch resource "daemonsets" in API group "apps" in the namespace "ops"',
      'kubectl auth can-i patch daemonsets.apps -n ops',
    ],
    [
      'nodes is forbidden: User "eve" cannot list resource "nodes" in API group "" at the cluster scope',
      'kubectl auth can-i list nodes',
    ],
  ])('show how to ask for a permission: %s', async (server, command) => {
    const told = await hinted(forbidden(server), connectedTo([]))
    expect(told.hint?.endsWith(command)).toBe(true)
  })

  it('name the namespace that was probably meant where there is no such one', async () => {
    const gone = new ApiError('NotFound', 404, {
      shown: 'Error from server (NotFound): namespaces "loging" not found',
      server: 'namespaces "loging" not found',
    })
    expect(await hinted(gone, connectedTo(['logging', 'web']))).toMatchObject({
      hint: 'did you mean -n logging?',
    })
  })

  it('tell what could be named', async () => {
    const hint = async (there: readonly string[] | undefined) => (await nothingNamed(connectedTo(there))).hint
    expect(await hint(['agent', 'proxy'])).toBe('namespace default has ds/agent, ds/proxy')
    expect(await hint([])).toBeUndefined()
    expect(await hint(undefined)).toBeUndefined()
    expect((await nothingNamed(connectedTo([]), 'name one')).hint).toBe('name one')
  })

  it.each([
    ['logging', ['kube-system', 'logging'], undefined],
    ['default', [], undefined],
    ['default', ['web', 'web'], 'DaemonSets are in web: add -n web'],
    ['default', ['web', 'kube-system'], 'DaemonSets are in kube-system, web: add -n NAME, or -A for all'],
    ['kube-sytem', ['web', 'kube-system'], 'did you mean -n kube-system?'],
  ])('tell who looked in %s where DaemonSets are: %j', async (namespace, having, hint) => {
    expect(otherNamespaces(namespace, having)).toBe(hint)
    expect(await namespacesHint(connectedTo(having), namespace)).toBe(hint)
  })

  it('leave other errors alone', async () => {
    const error = new Error('x')
    expect(await hinted(error, connectedTo([]))).toBe(error)
  })
})
