import { boolIn, entriesIn, listIn, numberIn, objectOrNone, textIn } from '#kube/read.ts'
import type { Json, JsonObject } from '#kube/types.ts'
import { canonicalQuantity, isPositiveQuantity } from './quantities.ts'
import { type DescribeWriter, shorten, writeAnnotations, writeLabels } from './writer.ts'

/** The volumes of a pod template as `kubectl describe` shows them. */
export function describeVolumes(to: DescribeWriter, volumes: readonly Json[]): void {
  to.write(0, volumes.length === 0 ? '  Volumes:\t<none>\n' : '  Volumes:\n')
  for (const volume of volumes) {
    to.write(1, ` ${textIn(volume, 'name')}:\n`)
    const kind = Object.keys(kinds).find((key) => objectOrNone(volume, key))
    const source = kind && objectOrNone(volume, kind)
    const describe = kind && kinds[kind]
    if (describe && source) describe(to, source)
    else to.write(1, '<unknown>\n')
  }
}

type Describe = (to: DescribeWriter, source: JsonObject) => void
type Show = (source: JsonObject) => string

const text =
  (key: string): Show =>
  (source) =>
    textIn(source, key)
const flag =
  (key: string): Show =>
  (source) =>
    String(boolIn(source, key))
const number =
  (key: string): Show =>
  (source) =>
    String(numberIn(source, key))
const words =
  (key: string): Show =>
  (source) =>
    `[${listIn(source, key).join(' ')}]`
const secretRef: Show = (source) => {
  const reference = objectOrNone(source, 'secretRef')
  return reference ? `&LocalObjectReference{Name:${textIn(reference, 'name')},}` : 'nil'
}
const readOnly: readonly [string, Show] = ['ReadOnly:\t', flag('readOnly')]
const fsType: readonly [string, Show] = ['FSType:\t', text('fsType')]
const optional: readonly [string, Show] = ['Optional:\t', flag('optional')]

/** A volume kind that is told by its type and some of its fields, one a line. */
function fields(type: string, ...rows: readonly (readonly [string, Show])[]): Describe {
  return (to, source) => {
    to.write(2, `Type:\t${type}\n`)
    for (const [title, show] of rows) to.write(2, `${title}${show(source)}\n`)
  }
}

/** Every kind of volume, in the order in which kubectl looks for them. */
const kinds: Readonly<Record<string, Describe>> = {
  hostPath: fields(
    'HostPath (bare host directory volume)',
    ['Path:\t', text('path')],
    ['HostPathType:\t', (source) => (typeof source.type === 'string' ? source.type : '<none>')],
  ),
  emptyDir: fields(
    "EmptyDir (a temporary directory that shares a pod's lifetime)",
    ['Medium:\t', text('medium')],
    ['SizeLimit:\t', sizeLimit],
  ),
  gcePersistentDisk: fields(
    'GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)',
    ['PDName:\t', text('pdName')],
    fsType,
    ['Partition:\t', number('partition')],
    readOnly,
  ),
  awsElasticBlockStore: fields(
    'AWSElasticBlockStore (a Persistent Disk resource in AWS)',
    ['VolumeID:\t', text('volumeID')],
    fsType,
    ['Partition:\t', number('partition')],
    readOnly,
  ),
  gitRepo: fields(
    'GitRepo (a volume that is pulled from git when the pod is created)',
    ['Repository:\t', text('repository')],
    ['Revision:\t', text('revision')],
  ),
  secret: fields('Secret (a volume populated by a Secret)', ['SecretName:\t', text('secretName')], optional),
  configMap: fields('ConfigMap (a volume populated by a ConfigMap)', ['Name:\t', text('name')], optional),
  nfs: fields(
    'NFS (an NFS mount that lasts the lifetime of a pod)',
    ['Server:\t', text('server')],
    ['Path:\t', text('path')],
    readOnly,
  ),
  iscsi: fields(
    "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
    ['TargetPortal:\t', text('targetPortal')],
    ['IQN:\t', text('iqn')],
    ['Lun:\t', number('lun')],
    ['ISCSIInterface\t', text('iscsiInterface')],
    fsType,
    readOnly,
    ['Portals:\t', words('portals')],
    ['DiscoveryCHAPAuth:\t', flag('chapAuthDiscovery')],
    ['SessionCHAPAuth:\t', flag('chapAuthSession')],
    ['SecretRef:\t', secretRef],
    [
      'InitiatorName:\t',
      (source) => (typeof source.initiatorName === 'string' ? source.initiatorName : '<none>'),
    ],
  ),
  glusterfs: fields(
    "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
    ['EndpointsName:\t', text('endpoints')],
    ['Path:\t', text('path')],
    readOnly,
  ),
  persistentVolumeClaim: fields(
    'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    ['ClaimName:\t', text('claimName')],
    readOnly,
  ),
  ephemeral: describeEphemeral,
  rbd: fields(
    "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
    ['CephMonitors:\t', words('monitors')],
    ['RBDImage:\t', text('image')],
    fsType,
    ['RBDPool:\t', text('pool')],
    ['RadosUser:\t', text('user')],
    ['Keyring:\t', text('keyring')],
    ['SecretRef:\t', secretRef],
    readOnly,
  ),
  quobyte: fields(
    "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
    ['Registry:\t', text('registry')],
    ['Volume:\t', text('volume')],
    readOnly,
  ),
  downwardAPI: describeDownwardApi,
  azureDisk: fields(
    'AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)',
    ['DiskName:\t', text('diskName')],
    ['DiskURI:\t', text('diskURI')],
    ['Kind: \t', text('kind')],
    fsType,
    ['CachingMode:\t', text('cachingMode')],
    readOnly,
  ),
  vsphereVolume: fields(
    'vSphereVolume (a Persistent Disk resource in vSphere)',
    ['VolumePath:\t', text('volumePath')],
    fsType,
    ['StoragePolicyName:\t', text('storagePolicyName')],
  ),
  cinder: fields(
    'Cinder (a Persistent Disk resource in OpenStack)',
    ['VolumeID:\t', text('volumeID')],
    fsType,
    readOnly,
    ['SecretRef:\t', secretRef],
  ),
  photonPersistentDisk: fields(
    'PhotonPersistentDisk (a Persistent Disk resource in photon platform)',
    ['PdID:\t', text('pdID')],
    fsType,
  ),
  portworxVolume: fields('PortworxVolume (a Portworx Volume resource)', ['VolumeID:\t', text('volumeID')]),
  scaleIO: fields(
    'ScaleIO (a persistent volume backed by a block device in ScaleIO)',
    ['Gateway:\t', text('gateway')],
    ['System:\t', text('system')],
    ['Protection Domain:\t', text('protectionDomain')],
    ['Storage Pool:\t', text('storagePool')],
    ['Storage Mode:\t', text('storageMode')],
    ['VolumeName:\t', text('volumeName')],
    fsType,
    readOnly,
  ),
  cephfs: fields(
    "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
    ['Monitors:\t', words('monitors')],
    ['Path:\t', text('path')],
    ['User:\t', text('user')],
    ['SecretFile:\t', text('secretFile')],
    ['SecretRef:\t', secretRef],
    readOnly,
  ),
  storageos: fields(
    'StorageOS (a StorageOS Persistent Disk resource)',
    ['VolumeName:\t', text('volumeName')],
    ['VolumeNamespace:\t', text('volumeNamespace')],
    fsType,
    readOnly,
  ),
  fc: fields(
    'FC (a Fibre Channel disk)',
    ['TargetWWNs:\t', (source) => listIn(source, 'targetWWNs').join(', ')],
    ['LUN:\t', (source) => (typeof source.lun === 'number' ? String(source.lun) : '<none>')],
    fsType,
    readOnly,
  ),
  azureFile: fields(
    'AzureFile (an Azure File Service mount on the host and bind mount to the pod)',
    ['SecretName:\t', text('secretName')],
    ['ShareName:\t', text('shareName')],
    readOnly,
  ),
  flexVolume: fields(
    'FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)',
    ['Driver:\t', text('driver')],
    fsType,
    ['SecretRef:\t', secretRef],
    readOnly,
    ['Options:\t', flexOptions],
  ),
  flocker: fields(
    'Flocker (a Flocker volume mounted by the Flocker agent)',
    ['DatasetName:\t', text('datasetName')],
    ['DatasetUUID:\t', text('datasetUUID')],
  ),
  projected: describeProjected,
  csi: describeCsi,
  image: fields(
    'Image (a container image or OCI artifact)',
    ['Reference:\t', text('reference')],
    ['PullPolicy:\t', text('pullPolicy')],
  ),
}

/** A limit of zero, however it is written, is no limit. */
function sizeLimit(source: JsonObject): string {
  const limit = textIn(source, 'sizeLimit')
  return isPositiveQuantity(limit) ? canonicalQuantity(limit) : '<unset>'
}

function flexOptions(source: JsonObject): string {
  return `map[${entriesIn(source, 'options')
    .map(([key, value]) => `${key}:${value}`)
    .join(' ')}]`
}

function describeDownwardApi(to: DescribeWriter, source: JsonObject): void {
  to.write(2, 'Type:\tDownwardAPI (a volume populated by information about the pod)\n')
  to.write(2, 'Items:\n')
  for (const item of listIn(source, 'items')) {
    const field = objectOrNone(item, 'fieldRef')
    const resource = objectOrNone(item, 'resourceFieldRef')
    if (field) to.write(3, `${textIn(field, 'fieldPath')} -> ${textIn(item, 'path')}\n`)
    if (resource) to.write(3, `${textIn(resource, 'resource')} -> ${textIn(item, 'path')}\n`)
  }
}

function describeProjected(to: DescribeWriter, projected: JsonObject): void {
  to.write(2, 'Type:\tProjected (a volume that contains injected data from multiple sources)\n')
  for (const source of listIn(projected, 'sources')) {
    const secret = objectOrNone(source, 'secret')
    const configMap = objectOrNone(source, 'configMap')
    const token = objectOrNone(source, 'serviceAccountToken')
    if (secret) describeProjection(to, 'SecretName', secret)
    else if (objectOrNone(source, 'downwardAPI')) to.write(2, 'DownwardAPI:\ttrue\n')
    else if (configMap) describeProjection(to, 'ConfigMapName', configMap)
    else if (token) to.write(2, `TokenExpirationSeconds:\t${numberIn(token, 'expirationSeconds')}\n`)
  }
}

function describeProjection(to: DescribeWriter, title: string, source: JsonObject): void {
  to.write(2, `${title}:\t${textIn(source, 'name')}\n`)
  to.write(2, `Optional:\t${boolIn(source, 'optional')}\n`)
}

const describeCsiFields = fields(
  'CSI (a Container Storage Interface (CSI) volume source)',
  ['Driver:\t', text('driver')],
  fsType,
  readOnly,
)

function describeCsi(to: DescribeWriter, source: JsonObject): void {
  describeCsiFields(to, source)
  to.write(2, 'VolumeAttributes:\t')
  const attributes = entriesIn(source, 'volumeAttributes')
  if (attributes.length === 0) to.write(0, '<none>\n')
  for (const [at, [key, value]] of attributes.entries()) {
    if (at > 0) {
      to.write(2, '')
      to.write(2, '\t')
    }
    to.write(2, `${shorten(`${key}=${value}`)}\n`)
  }
}

function describeEphemeral(to: DescribeWriter, source: JsonObject): void {
  to.write(
    2,
    'Type:\tEphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)\n',
  )
  const template = objectOrNone(source, 'volumeClaimTemplate')
  if (template) describeClaim(to.nested(2), template)
}

function describeClaim(to: DescribeWriter, claim: JsonObject): void {
  const metadata = objectOrNone(claim, 'metadata')
  const spec = objectOrNone(claim, 'spec')
  const annotations = entriesIn(metadata, 'annotations')
  const legacyClass = annotations.find(([key]) => key === 'volume.beta.kubernetes.io/storage-class')
  const volumeName = textIn(spec, 'volumeName')
  to.write(0, `StorageClass:\t${legacyClass?.[1] ?? textIn(spec, 'storageClassName')}\n`)
  to.write(0, `Volume:\t${volumeName}\n`)
  writeLabels(to, 'Labels', entriesIn(metadata, 'labels'))
  writeAnnotations(to, 'Annotations', annotations)
  // Capacity and access modes are those of a bound claim, which a template never is.
  to.write(0, `Capacity:\t${volumeName === '' ? '' : '0'}\n`)
  to.write(0, 'Access Modes:\t\n')
  const mode = textIn(spec, 'volumeMode')
  if (mode !== '') to.write(0, `VolumeMode:\t${mode}\n`)
  const dataSource = objectOrNone(spec, 'dataSource')
  if (!dataSource) return
  to.write(0, 'DataSource:\n')
  if (typeof dataSource.apiGroup === 'string') to.write(1, `APIGroup:\t${dataSource.apiGroup}\n`)
  to.write(1, `Kind:\t${textIn(dataSource, 'kind')}\n`)
  to.write(1, `Name:\t${textIn(dataSource, 'name')}\n`)
}
