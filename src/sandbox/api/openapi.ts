import { type Leaf, structNames, structSpec, type TypeSpec } from '#apiserver/schema/schema.ts'
import type { ResourceType } from './resource-type.ts'
import { resourceTypes } from './resources.ts'

const scalars: Readonly<Record<Leaf, object>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  quantity: { type: 'string' },
  intOrString: { type: 'string', format: 'int-or-string' },
  time: { type: 'string', format: 'date-time' },
  microTime: { type: 'string', format: 'date-time' },
  bytes: { type: 'string', format: 'byte' },
  raw: { type: 'object' },
}

const metaTypes = /^(ObjectMeta|OwnerReference|ManagedFieldsEntry|LabelSelector|LabelSelectorRequirement)$/
const appsTypes = /DaemonSet/
const batchTypes = /Job|PodFailurePolicy|SuccessPolicy|UncountedTerminatedPods/

function definitionName(type: string): string {
  if (metaTypes.test(type)) return `io.k8s.apimachinery.pkg.apis.meta.v1.${type}`
  return `io.k8s.api.${appsTypes.test(type) ? 'apps' : batchTypes.test(type) ? 'batch' : 'core'}.v1.${type}`
}

/** A field's type as OpenAPI; `root` is where definitions are kept. */
function typeSchema(type: TypeSpec, root: string): object {
  switch (type.kind) {
    case 'struct':
      return { $ref: `${root}${definitionName(type.struct)}` }
    case 'list':
      return { type: 'array', items: typeSchema(type.item, root) }
    case 'map':
      return { type: 'object', additionalProperties: typeSchema(type.item, root) }
    default:
      return scalars[type.kind]
  }
}

function definition(struct: string, root: string): object {
  const fields = [...structSpec(struct).values()]
  const required = fields.filter((field) => field.required).map(({ name }) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(({ name, type }) => [name, typeSchema(type, root)])),
    ...(required.length > 0 ? { required } : {}),
  }
}

const components = (root: string): Record<string, object> =>
  Object.fromEntries(structNames.map((struct) => [definitionName(struct), definition(struct, root)]))

const packages: Readonly<Record<string, string>> = {
  '': 'core',
  apps: 'apps',
  batch: 'batch',
  'events.k8s.io': 'events',
  'rbac.authorization.k8s.io': 'rbac',
  'scheduling.k8s.io': 'scheduling',
  'coordination.k8s.io': 'coordination',
  'authentication.k8s.io': 'authentication',
  'authorization.k8s.io': 'authorization',
}

const schemaName = ({ group, version, kind }: ResourceType) =>
  `io.k8s.api.${packages[group] ?? group}.${version}.${kind}`

const gvk = ({ group, version, kind }: ResourceType) => ({ group, version, kind })

/** A kind whose fields are not described: anything goes. */
function schemaOf(type: ResourceType, root: string): object {
  const metadata = { $ref: `${root}io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta` }
  const podSpec = { $ref: `${root}io.k8s.api.core.v1.PodSpec` }
  return {
    type: 'object',
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata,
      ...(type.kind === 'Pod' ? { spec: podSpec } : {}),
    },
    'x-kubernetes-group-version-kind': [gvk(type)],
    'x-kubernetes-preserve-unknown-fields': true,
  }
}

function schemasOf(types: readonly ResourceType[], root: string): Record<string, object> {
  const all = components(root)
  for (const type of types) {
    const named = { ...schemaOf(type, root), ...all[schemaName(type)] }
    all[schemaName(type)] = named
  }
  return all
}

const writeParameters = ['dryRun', 'fieldManager', 'fieldValidation']

const operation = (type: ResourceType, action: string) => ({
  operationId: `${action}${type.kind}`,
  parameters: writeParameters.map((name) => ({
    name,
    in: 'query',
    schema: { type: 'string', uniqueItems: true },
  })),
  responses: { 200: { description: 'OK' } },
  'x-kubernetes-action': action,
  'x-kubernetes-group-version-kind': gvk(type),
})

function pathsOf(types: readonly ResourceType[]): Record<string, object> {
  const paths: Record<string, object> = {}
  for (const type of types) {
    const root = type.group ? `/apis/${type.group}/${type.version}` : `/api/${type.version}`
    const collection = `${root}/${type.namespaced ? 'namespaces/{namespace}/' : ''}${type.plural}`
    paths[collection] = { post: operation(type, 'post') }
    if (type.verbs.includes('patch'))
      paths[`${collection}/{name}`] = { put: operation(type, 'put'), patch: operation(type, 'patch') }
  }
  return paths
}

const info = { title: 'Kubernetes', version: 'v1.36.2' }
const pathOf = (type: ResourceType) =>
  type.group ? `apis/${type.group}/${type.version}` : `api/${type.version}`

/** `/openapi/v3`: which documents there are. The hash lets clients keep them. */
export function openApiIndex(): object {
  const paths = [...new Set(resourceTypes.map(pathOf))]
  return {
    paths: Object.fromEntries(
      paths.map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${info.version}` }]),
    ),
  }
}

/** `/openapi/v3/PATH`: enough for kubectl to validate and to explain. Undefined: no such document. */
export function openApiDocument(path: string): object | undefined {
  const types = resourceTypes.filter((type) => pathOf(type) === path)
  if (types.length === 0) return undefined
  return {
    openapi: '3.0.0',
    info,
    paths: pathsOf(types),
    components: { schemas: schemasOf(types, '#/components/schemas/') },
  }
}

/** `/openapi/v2`, for clients that ask for it as JSON. */
export function openApiV2(): object {
  return {
    swagger: '2.0',
    info,
    paths: pathsOf(resourceTypes),
    definitions: schemasOf(resourceTypes, '#/definitions/'),
  }
}
