import type { JsonObject, Maybe } from '#kube/types.ts'
import { sortedEntries } from './describe-writer.ts'

/**
 * What a `resourceFieldRef` such as `limits.cpu` of a container comes to, in units of its divisor and rounded up; empty
 * for a resource that kubectl does not know.
 *
 * Mirrors ExtractContainerResourceValue of k8s.io/kubectl/pkg/util/resource.
 */
export function resourceFieldValue(name: string, divisor: string, resources: Maybe<JsonObject>): string {
  const [, list = '', resource = ''] = /^(limits|requests)\.(.+)$/.exec(name) ?? []
  if (!/^(cpu|memory|ephemeral-storage|hugepages-.*)$/.test(resource)) return ''
  const quantity = sortedEntries(resources, list).find(([key]) => key === resource)?.[1] ?? '0'
  const scale = resource === 'cpu' ? 1000n : 1n
  const per = scaled(divisor === '' ? '0' : divisor, scale) || scale
  return String(Math.ceil(Number(scaled(quantity, scale)) / Number(per)))
}

const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']

/** A quantity times `scale`, rounded up to a whole number; 0 for a text that is no quantity. */
function scaled(text: string, scale: bigint): bigint {
  const [, sign, whole = '', part = '', suffix = ''] =
    /^([+-]?)(\d*)(?:\.(\d*))?([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d{1,3})?$/.exec(text) ?? []
  if (sign === undefined || whole + part === '') return 0n
  let [over, under] = [BigInt(whole + part) * scale, 10n ** BigInt(part.length)]
  if (suffix.endsWith('i')) over *= 1024n ** BigInt(binary.indexOf(suffix))
  else {
    const exponent = suffix.length > 1 ? Number(suffix.slice(1)) : (decimal.indexOf(suffix) - 3) * 3
    if (exponent > 0) over *= 10n ** BigInt(exponent)
    else under *= 10n ** BigInt(-exponent)
  }
  const up = over % under === 0n ? over / under : over / under + 1n
  return sign === '-' ? -(over / under) : up
}
