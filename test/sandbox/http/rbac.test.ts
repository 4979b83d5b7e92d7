import { describe, expect, it } from 'vitest'
import { get, post, put, remove, send, serve } from '../served.ts'

serve()

const roles = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles'
const bindings = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings'
const clusterBindings = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings'
const group = 'rbac.authorization.k8s.io'
const pods = '/api/v1/namespaces/default/pods'

const as = (user: string, groups = '') => ({
  'impersonate-user': user,
  ...(groups ? { 'impersonate-group': groups } : {}),
})
const binding = (name: string, kind: string, role: string, subject: object) => ({
  metadata: { name },
  roleRef: { apiGroup: group, kind, name: role },
  subjects: [subject],
})
const user = (name: string) => ({ kind: 'User', apiGroup: group, name })

async function mayI(who: Record<string, string>, resourceAttributes: object): Promise<unknown> {
  const { body } = await send({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    headers: who,
    body: { spec: { resourceAttributes } },
  })
  return body.status
}

describe('roles and bindings', () => {
  it('are what an impersonated user may do', async () => {
    const refused = await get(pods, as('jane'))
    expect(refused.status).toBe(403)
    expect(refused.body.message).toBe(
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
    )
    await post(roles, {
      metadata: { name: 'reader' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }],
    })
    await post(bindings, binding('read', 'Role', 'reader', user('jane')))
    expect((await get(pods, as('jane'))).status).toBe(200)
    expect((await get('/api/v1/namespaces/kube-system/pods', as('jane'))).status).toBe(403)
    expect((await get('/api/v1/pods', as('jane'))).status).toBe(403)
    expect((await get(pods, as('joe'))).status).toBe(403)
    await remove(`${bindings}/read`)
    expect((await get(pods, as('jane'))).status).toBe(403)
  })

  it('answer reviews truthfully, with the reason', async () => {
    const asked = { verb: 'get', resource: 'configmaps', name: 'a', namespace: 'default' }
    expect(await mayI(as('kim'), asked)).toEqual({ allowed: false })
    await post(roles, {
      metadata: { name: 'one' },
      rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['a'], verbs: ['get'] }],
    })
    await post(bindings, binding('kim-one', 'Role', 'one', user('kim')))
    expect(await mayI(as('kim'), asked)).toEqual({
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "kim-one/default" of Role "one" to User "kim"',
    })
    expect(await mayI(as('kim'), { ...asked, name: 'b' })).toEqual({ allowed: false })
    expect(await mayI({}, { verb: 'delete', resource: 'nodes' })).toEqual({ allowed: true })
  })

  it('bind what every cluster has: view is everything but secrets, and nothing is written', async () => {
    await post(clusterBindings, binding('viewers', 'ClusterRole', 'view', { kind: 'Group', name: 'team' }))
    const who = as('lee', 'team')
    expect((await get('/api/v1/pods', who)).status).toBe(200)
    expect((await get('/apis/apps/v1/daemonsets', who)).status).toBe(200)
    expect((await get('/api/v1/secrets', who)).status).toBe(403)
    expect((await send({ method: 'DELETE', path: `${pods}/x`, headers: who })).status).toBe(403)
  })

  it('know service accounts, and the groups that they are in', async () => {
    const account = { kind: 'ServiceAccount', name: 'robot', namespace: 'default' }
    await post(clusterBindings, binding('robots', 'ClusterRole', 'cluster-admin', account))
    expect((await get('/api/v1/nodes', as('system:serviceaccount:default:robot'))).status).toBe(200)
    expect((await get('/api/v1/nodes', as('system:serviceaccount:other:robot'))).status).toBe(403)
  })

  it('let everybody with a name ask what there is', async () => {
    expect((await get('/apis', as('nobody'))).status).toBe(200)
    expect((await get('/metrics', as('nobody'))).status).toBe(403)
  })

  it('are refused where they say nothing, and a binding stays one of its role', async () => {
    const empty = await post(roles, {
      metadata: { name: 'empty' },
      rules: [{ apiGroups: [''], resources: ['pods'] }],
    })
    expect(empty.status).toBe(422)
    expect(empty.body.message).toContain(
      'rules[0].verbs: Required value: verbs must contain at least one value',
    )
    const changed = await put(
      `${clusterBindings}/viewers`,
      binding('viewers', 'ClusterRole', 'edit', { kind: 'Group', name: 'team' }),
    )
    expect(changed.body.message).toContain('cannot change roleRef')
  })
})
