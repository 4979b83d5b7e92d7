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

describe('who grants', () => {
  const clusterRoles = '/apis/rbac.authorization.k8s.io/v1/clusterroles'
  const writer = as('max', 'writers')
  const role = (name: string, verbs: string[], more: object = {}) => ({
    metadata: { name },
    rules: [{ apiGroups: [''], resources: ['pods', 'secrets'], verbs, ...more }],
  })
  const asMax = (method: string, path: string, body: object) => send({ method, path, body, headers: writer })
  const group = 'rbac.authorization.k8s.io'
  const held = (verbs: string) =>
    `user "max" (groups=["writers" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:[${verbs}]}`

  it('needs what is granted, name by name and verb by verb', async () => {
    await post(clusterRoles, {
      metadata: { name: 'role-writer' },
      rules: [
        {
          apiGroups: [group],
          resources: ['roles', 'rolebindings', 'clusterroles'],
          verbs: ['create', 'update'],
        },
        { apiGroups: [''], resources: ['pods'], verbs: ['*'] },
        { apiGroups: [''], resources: ['secrets'], resourceNames: ['mine'], verbs: ['get'] },
      ],
    })
    await post(
      clusterBindings,
      binding('writers', 'ClusterRole', 'role-writer', { kind: 'Group', name: 'writers' }),
    )
    const refused = await asMax('POST', roles, role('greedy', ['get', 'list']))
    expect(refused.status).toBe(403)
    expect(refused.body.message).toBe(`roles.${group} "greedy" is forbidden: ${held('"get" "list"')}`)
    expect((await asMax('POST', roles, role('modest', ['get'], { resourceNames: ['mine'] }))).status).toBe(
      201,
    )
    const grown = await asMax('PUT', `${roles}/modest`, role('modest', ['get']))
    expect(grown.body.message).toBe(`roles.${group} "modest" is forbidden: ${held('"get"')}`)
  })

  it('may bind no role that has more, nor one that is not there', async () => {
    await post(roles, role('secretive', ['watch']))
    const bound = await asMax('POST', bindings, binding('mine', 'Role', 'secretive', user('max')))
    expect(bound.body.message).toBe(`rolebindings.${group} "mine" is forbidden: ${held('"watch"')}`)
    const nowhere = await asMax('POST', bindings, binding('mine', 'ClusterRole', 'none', user('max')))
    expect([nowhere.status, nowhere.body.message]).toEqual([404, `clusterroles.${group} "none" not found`])
    expect((await asMax('POST', bindings, binding('mine', 'Role', 'modest', user('max')))).status).toBe(201)
  })

  it('needs all there is to gather roles', async () => {
    const gathering = {
      metadata: { name: 'all' },
      rules: [],
      aggregationRule: { clusterRoleSelectors: [{}] },
    }
    const refused = await asMax('POST', clusterRoles, gathering)
    expect(refused.body.message).toContain('must have cluster-admin privileges to use the aggregationRule')
  })

  it('may be allowed to all the same: by the verbs bind and escalate', async () => {
    await post(roles, {
      metadata: { name: 'trusted' },
      rules: [
        { apiGroups: [group], resources: ['roles'], resourceNames: ['secretive'], verbs: ['bind'] },
        { apiGroups: [group], resources: ['roles'], resourceNames: ['modest'], verbs: ['escalate'] },
      ],
    })
    await post(bindings, binding('trust', 'Role', 'trusted', user('max')))
    expect((await asMax('POST', bindings, binding('given', 'Role', 'secretive', user('ann')))).status).toBe(
      201,
    )
    expect((await asMax('PUT', `${roles}/modest`, role('modest', ['get']))).status).toBe(200)
    expect((await asMax('POST', roles, role('greedy', ['list']))).status).toBe(403)
  })
})
