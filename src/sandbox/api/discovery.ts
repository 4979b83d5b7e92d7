import { groupVersionOf, type ResourceType, type Subresource } from './resource-type.ts'
import { resourceTypes } from './resources.ts'

/** What the sandbox says it is: the server whose answers it was built to. */
export const serverVersion = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.2',
  gitCommit: '8e16b12fda5b1dccc41a6de48b3e356cc7d5048b',
  gitTreeState: '',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'go1.26.10',
  compiler: 'gc',
  platform: 'linux/amd64',
} as const

/** Named groups in the order of their first row; each has one version. */
export const groups: readonly { readonly name: string; readonly version: string }[] = [
  ...new Map(resourceTypes.filter(({ group }) => group).map(({ group, version }) => [group, version])),
].map(([name, version]) => ({ name, version }))

const typesOf = (group: string) => resourceTypes.filter((type) => type.group === group)

/** `/api`. */
export const apiVersions = (address: string) => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
})

const groupEntry = ({ name, version }: { readonly name: string; readonly version: string }) => {
  const only = { groupVersion: `${name}/${version}`, version }
  return { name, versions: [only], preferredVersion: only }
}

/** `/apis`. */
export const apiGroupList = () => ({ kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupEntry) })

/** `/apis/GROUP`; undefined: no such group. */
export function apiGroup(name: string): object | undefined {
  const found = groups.find((group) => group.name === name)
  return found && { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(found) }
}

function listed(type: ResourceType): object[] {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories } = type
  return [
    {
      name: plural,
      singularName: singular,
      namespaced,
      kind,
      verbs,
      ...(shortNames ? { shortNames } : {}),
      ...(categories ? { categories } : {}),
    },
    ...type.subresources.map((sub) => ({
      name: `${plural}/${sub.name}`,
      singularName: '',
      namespaced,
      ...(sub.group ? { group: sub.group, version: sub.version } : {}),
      kind: sub.kind,
      verbs: sub.verbs,
    })),
  ]
}

/** `/api/v1`, `/apis/GROUP/VERSION`; undefined: no such version. */
export function apiResourceList(group: string, version: string): object | undefined {
  const types = typesOf(group).filter((type) => type.version === version)
  const [first] = types
  if (!first) return undefined
  return {
    kind: 'APIResourceList',
    ...(group ? { apiVersion: 'v1' } : {}),
    groupVersion: groupVersionOf(first),
    resources: types.flatMap(listed),
  }
}

const responseKind = ({
  kind,
  group = '',
  version = '',
}: Pick<Subresource, 'kind' | 'group' | 'version'>) => ({
  group,
  version,
  kind,
})

function aggregated(type: ResourceType): object {
  return {
    resource: type.plural,
    responseKind: responseKind({ kind: type.kind }),
    scope: type.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: type.singular,
    verbs: type.verbs,
    ...(type.shortNames ? { shortNames: type.shortNames } : {}),
    ...(type.categories ? { categories: type.categories } : {}),
    ...(type.subresources.length > 0
      ? {
          subresources: type.subresources.map((sub) => ({
            subresource: sub.name,
            responseKind: responseKind(sub),
            verbs: sub.verbs,
          })),
        }
      : {}),
  }
}

/** `/api` or `/apis` as one document with every resource (`apidiscovery.k8s.io/v2`), which kubectl asks for first. */
export function aggregatedDiscovery(path: 'api' | 'apis'): object {
  const item = (name: string, version: string) => ({
    metadata: name ? { name } : {},
    versions: [{ version, resources: typesOf(name).map(aggregated), freshness: 'Current' }],
  })
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: path === 'api' ? [item('', 'v1')] : groups.map(({ name, version }) => item(name, version)),
  }
}
