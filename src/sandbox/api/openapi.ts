import {
  type FieldSpec,
  isAtomicStruct,
  type Leaf,
  structSpec,
  type TypeSpec,
} from '#apiserver/schema/schema.ts'
import descriptions from './descriptions.json' with { type: 'json' }
import { type ResourceType, structOf } from './resource-type.ts'
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

const packages: Readonly<Record<string, string>> = {
  '': 'core',
  'events.k8s.io': 'events',
  'rbac.authorization.k8s.io': 'rbac',
  'scheduling.k8s.io': 'scheduling',
  'coordination.k8s.io': 'coordination',
  'authentication.k8s.io': 'authentication',
  'authorization.k8s.io': 'authorization',
  'node.k8s.io': 'node',
}
const packageOf = ({ group }: ResourceType) => packages[group] ?? group

/** Structs that a type is made of, itself the first. */
function structsIn(struct: string, found = new Set<string>()): Set<string> {
  if (found.has(struct)) return found
  found.add(struct)
  for (let { type } of structSpec(struct).values()) {
    while (type.kind === 'list' || type.kind === 'map') type = type.item
    if (type.kind === 'struct') structsIn(type.struct, found)
  }
  return found
}

const metaTypes =
  /^(ObjectMeta|OwnerReference|ManagedFieldsEntry|Condition|(Label|Field)Selector(Requirement)?|DeleteOptions|Preconditions)$/

/** Each struct stands in the package of the first kind that has it; the core's, and what is made from its pods, come first. */
let homes: ReadonlyMap<string, string> | undefined
function definitionName(struct: string): string {
  if (metaTypes.test(struct)) return `io.k8s.apimachinery.pkg.apis.meta.v1.${struct}`
  homes ??= new Map([
    ...[...resourceTypes]
      .reverse()
      .sort((a, b) => Number(a.group === '') - Number(b.group === ''))
      .flatMap((type) => [...structsIn(structOf(type))].map((name) => [name, packageOf(type)] as const)),
    ['PodTemplateSpec', 'core'],
  ])
  return `io.k8s.api.${homes.get(struct) ?? 'core'}.v1.${struct.split('.')[0]}`
}

/** How objects of a type merge. */
function topology(type: TypeSpec): object {
  if (type.kind === 'map') return type.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}
  if (type.kind !== 'list') return {}
  const { mergeKeys } = type
  if (!mergeKeys) return { 'x-kubernetes-list-type': 'atomic' }
  return mergeKeys.length === 0
    ? { 'x-kubernetes-list-type': 'set' }
    : { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': mergeKeys }
}

/** A field's type as OpenAPI; `root` is where definitions are kept. */
function typeSchema(type: TypeSpec, root: string): object {
  switch (type.kind) {
    case 'struct':
      return { $ref: `${root}${definitionName(type.struct)}` }
    case 'list':
      return { type: 'array', items: typeSchema(type.item, root), ...topology(type) }
    case 'map':
      return { type: 'object', additionalProperties: typeSchema(type.item, root), ...topology(type) }
    default:
      return scalars[type.kind]
  }
}

const texts: Readonly<Record<string, Readonly<Record<string, string>>>> = descriptions

/** A struct's or field's text, if it has one; what all kinds have is described once. */
function described(struct: string, field = ''): { readonly description?: string } {
  const own = texts[struct.split('.')[0] ?? '']?.[field]
  const description = own ?? (structSpec(struct).has('metadata') ? texts['*']?.[field] : undefined)
  return description === undefined ? {} : { description }
}

function property(struct: string, { name, type }: FieldSpec, root: string): object {
  const text = described(struct, name)
  const schema = typeSchema(type, root)
  return text.description && '$ref' in schema ? { ...text, allOf: [schema] } : { ...text, ...schema }
}

function definition(struct: string, root: string): object {
  const fields = [...structSpec(struct).values()]
  const required = fields.filter((field) => field.required).map(({ name }) => name)
  return {
    type: 'object',
    ...described(struct),
    properties: Object.fromEntries(fields.map((field) => [field.name, property(struct, field, root)])),
    ...(required.length > 0 ? { required } : {}),
    ...(isAtomicStruct(struct) ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  }
}

const gvk = ({ group, version, kind }: ResourceType) => ({ group, version, kind })

function schemasOf(types: readonly ResourceType[], root: string): Record<string, object> {
  const structs = new Set<string>()
  for (const type of types) structsIn(structOf(type), structs)
  const all = Object.fromEntries(
    [...structs].map((struct) => [definitionName(struct), definition(struct, root)]),
  )
  for (const type of types) {
    const name = definitionName(structOf(type))
    all[name] = { ...all[name], 'x-kubernetes-group-version-kind': [gvk(type)] }
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
