/** The ServiceAccount plugin, without the token that it mounts. Mirrors plugin/pkg/admission/serviceaccount. */
import { objectIn, objectOrNone, objectsIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { Answer, DraftPod } from './types.ts'

const enforceAnnotation = 'kubernetes.io/enforce-mountable-secrets'
/** What Go's ParseBool takes for true. */
const truths = ['1', 't', 'T', 'TRUE', 'true', 'True']
const namesIn = (holder: JsonObject, field: string) =>
  objectsIn(holder, field).map((one) => stringIn(one, 'name'))

/** An account may say that its pods mount its own secrets alone. */
function forbiddenSecret(account: JsonObject, spec: JsonObject): Answer {
  const annotations = objectIn(objectIn(account, 'metadata'), 'annotations')
  if (!truths.includes(stringIn(annotations, enforceAnnotation))) return undefined
  const accountName = stringIn(objectIn(account, 'metadata'), 'name')
  const secrets = namesIn(account, 'secrets')
  const refuse = (what: string, name: string) =>
    `${what} secret.secretName="${name}" is not allowed because service account ${accountName} does not reference that secret`
  for (const volume of objectsIn(spec, 'volumes')) {
    const secret = objectOrNone(volume, 'secret')
    const name = stringIn(secret, 'secretName')
    if (secret && !secrets.includes(name)) return refuse('volume with', name)
  }
  for (const [field, kind] of [
    ['initContainers', 'init container'],
    ['containers', 'container'],
  ] as const) {
    for (const container of objectsIn(spec, field)) {
      const who = `${kind} ${stringIn(container, 'name')}`
      for (const variable of objectsIn(container, 'env')) {
        const reference = objectOrNone(objectIn(variable, 'valueFrom'), 'secretKeyRef')
        const name = stringIn(reference, 'name')
        if (reference && !secrets.includes(name))
          return refuse(`${who} with envVar ${stringIn(variable, 'name')} referencing`, name)
      }
      for (const source of objectsIn(container, 'envFrom')) {
        const reference = objectOrNone(source, 'secretRef')
        const name = stringIn(reference, 'name')
        if (reference && !secrets.includes(name)) return refuse(`${who} with envFrom referencing`, name)
      }
    }
  }
  const pullSecrets = namesIn(account, 'imagePullSecrets')
  const at = namesIn(spec, 'imagePullSecrets').findIndex((name) => !pullSecrets.includes(name))
  if (at < 0) return undefined
  const name = namesIn(spec, 'imagePullSecrets')[at]
  return `imagePullSecrets[${at}].name="${name}" is not allowed because service account ${accountName} does not reference that imagePullSecret`
}

/** Gives the pod an account, which must be there, and the account's pull secrets. Undefined accounts: any is believed. */
export function setServiceAccount(
  { metadata, spec }: DraftPod,
  accounts: readonly JsonObject[] | undefined,
): Answer {
  const name = stringIn(spec, 'serviceAccountName') || 'default'
  Object.assign(spec, { serviceAccountName: name, serviceAccount: name })
  if (!accounts) return undefined
  const account = accounts.find((one) => stringIn(objectIn(one, 'metadata'), 'name') === name)
  if (!account) {
    const where = `${stringIn(metadata, 'namespace')}/${name}`
    return `error looking up service account ${where}: serviceaccount "${name}" not found`
  }
  const pullSecrets = namesIn(account, 'imagePullSecrets')
  if (pullSecrets.length > 0 && objectsIn(spec, 'imagePullSecrets').length === 0)
    spec.imagePullSecrets = pullSecrets.map((secret) => ({ name: secret }))
  return forbiddenSecret(account, spec)
}
