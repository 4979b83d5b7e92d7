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
type Show = (source: JsonObject, field: string) => string

const flag: Show = (source, field) => String(boolIn(source, field))
const number: Show = (source, field) => String(numberIn(source, field))
const words: Show = (source, field) => `[${listIn(source, field).join(' ')}]`

/** What is shown of fields that are no texts. */
const shows: Readonly<Record<string, Show>> = {
  readOnly: flag,
  optional: flag,
  chapAuthDiscovery: flag,
  chapAuthSession: flag,
  partition: number,
  lun: number,
  portals: words,
  monitors: words,
  targetWWNs: (source, field) => listIn(source, field).join(', '),
  options: (source, field) =>
    `map[${entriesIn(source, field)
      .map(([key, value]) => `${key}:${value}`)
      .join(' ')}]`,
  secretRef(source, field) {
    const reference = objectOrNone(source, field)
    return reference ? `&LocalObjectReference{Name:${textIn(reference, 'name')},}` : 'nil'
  },
  // A limit of zero, however it is written, is no limit.
  sizeLimit(source, field) {
    const limit = textIn(source, field)
    return isPositiveQuantity(limit) ? canonicalQuantity(limit) : '<unset>'
  },
}

/**
 * A volume kind that is told by its type and some of its fields, one a line. `rows` has their titles and names; behind a name
 * `?` stands for `<none>` where there is nothing.
 */
function fields(type: string, rows: string): Describe {
  const told = rows.split(', ').map((row) => row.split('='))
  return (to, source) => {
    to.write(2, `Type:\t${type}\n`)
    for (const [title = '', marked = ''] of told) {
      const field = marked.replace('?', '')
      const absent = field !== marked && (source[field] ?? null) === null
      to.write(2, `${title}\t${absent ? '<none>' : (shows[field] ?? textIn)(source, field)}\n`)
    }
  }
}

/** Every kind of volume, in the order in which kubectl looks for them. */
const kinds: Readonly<Record<string, Describe>> = {
  hostPath: fields('HostPath (bare host directory volume)', 'Path:=path, HostPathType:=type?'),
  emptyDir: fields(
    "EmptyDir (a temporary directory that shares a pod's lifetime)",
    'Medium:=medium, SizeLimit:=sizeLimit',
  ),
  gcePersistentDisk: fields(
    'GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)',
    'PDName:=pdName, FSType:=fsType, Partition:=partition, ReadOnly:=readOnly',
  ),
  awsElasticBlockStore: fields(
    'AWSElasticBlockStore (a Persistent Disk resource in AWS)',
    'VolumeID:=volumeID, FSType:=fsType, Partition:=partition, ReadOnly:=readOnly',
  ),
  gitRepo: fields(
    'GitRepo (a volume that is pulled from git when the pod is created)',
    'Repository:=repository, Revision:=revision',
  ),
  secret: fields('Secret (a volume populated by a Secret)', 'SecretName:=secretName, Optional:=optional'),
  configMap: fields('ConfigMap (a volume populated by a ConfigMap)', 'Name:=name, Optional:=optional'),
  nfs: fields(
    'NFS (an NFS mount that lasts the lifetime of a pod)',
    'Server:=server, Path:=path, ReadOnly:=readOnly',
  ),
  iscsi: fields(
    "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
    'TargetPortal:=targetPortal, IQN:=iqn, Lun:=lun, ISCSIInterface=iscsiInterface, FSType:=fsType, ReadOnly:=readOnly, Portals:=portals, DiscoveryCHAPAuth:=chapAuthDiscovery, SessionCHAPAuth:=chapAuthSession, SecretRef:=secretRef, InitiatorName:=initiatorName?',
  ),
  glusterfs: fields(
    "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
    'EndpointsName:=endpoints, Path:=path, ReadOnly:=readOnly',
  ),
  persistentVolumeClaim: fields(
    'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    'ClaimName:=claimName, ReadOnly:=readOnly',
  ),
  ephemeral: describeEphemeral,
  rbd: fields(
    "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
    'CephMonitors:=monitors, RBDImage:=image, FSType:=fsType, RBDPool:=pool, RadosUser:=user, Keyring:=keyring, SecretRef:=secretRef, ReadOnly:=readOnly',
  ),
  quobyte: fields(
    "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
    'Registry:=registry, Volume:=volume, ReadOnly:=readOnly',
  ),
  downwardAPI: describeDownwardApi,
  azureDisk: fields(
    'AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)',
    'DiskName:=diskName, DiskURI:=diskURI, Kind: =kind, FSType:=fsType, CachingMode:=cachingMode, ReadOnly:=readOnly',
  ),
  vsphereVolume: fields(
    'vSphereVolume (a Persistent Disk resource in vSphere)',
    'VolumePath:=volumePath, FSType:=fsType, StoragePolicyName:=storagePolicyName',
  ),
  cinder: fields(
    'Cinder (a Persistent Disk resource in OpenStack)',
    'VolumeID:=volumeID, FSType:=fsType, ReadOnly:=readOnly, SecretRef:=secretRef',
  ),
  photonPersistentDisk: fields(
    'PhotonPersistentDisk (a Persistent Disk resource in photon platform)',
    'PdID:=pdID, FSType:=fsType',
  ),
  portworxVolume: fields('PortworxVolume (a Portworx Volume resource)', 'VolumeID:=volumeID'),
  scaleIO: fields(
    'ScaleIO (a persistent volume backed by a block device in ScaleIO)',
    'Gateway:=gateway, System:=system, Protection Domain:=protectionDomain, Storage Pool:=storagePool, Storage Mode:=storageMode, VolumeName:=volumeName, FSType:=fsType, ReadOnly:=readOnly',
  ),
  cephfs: fields(
    "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
    'Monitors:=monitors, Path:=path, User:=user, SecretFile:=secretFile, SecretRef:=secretRef, ReadOnly:=readOnly',
  ),
  storageos: fields(
    'StorageOS (a StorageOS Persistent Disk resource)',
    'VolumeName:=volumeName, VolumeNamespace:=volumeNamespace, FSType:=fsType, ReadOnly:=readOnly',
  ),
  fc: fields(
    'FC (a Fibre Channel disk)',
    'TargetWWNs:=targetWWNs, LUN:=lun?, FSType:=fsType, ReadOnly:=readOnly',
  ),
  azureFile: fields(
    'AzureFile (an Azure File Service mount on the host and bind mount to the pod)',
    'SecretName:=secretName, ShareName:=shareName, ReadOnly:=readOnly',
  ),
  flexVolume: fields(
    'FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)',
    'Driver:=driver, FSType:=fsType, SecretRef:=secretRef, ReadOnly:=readOnly, Options:=options',
  ),
  flocker: fields(
    'Flocker (a Flocker volume mounted by the Flocker agent)',
    'DatasetName:=datasetName, DatasetUUID:=datasetUUID',
  ),
  projected: describeProjected,
  csi: describeCsi,
  image: fields('Image (a container image or OCI artifact)', 'Reference:=reference, PullPolicy:=pullPolicy'),
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
  'Driver:=driver, FSType:=fsType, ReadOnly:=readOnly',
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
