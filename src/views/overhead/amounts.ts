/** Amounts in the scheduler's units (thousandths of a core, bytes, pieces), as they stand in tables. */
import { amountOf } from '#scheduler/amounts.ts'

export function cpuText(milli: number): string {
  return milli % 1000 === 0 ? String(milli / 1000) : `${Math.round(milli)}m`
}

export function memoryText(bytes: number): string {
  const mebibytes = bytes / 2 ** 20
  if (mebibytes < 10_000) return `${Math.round(mebibytes)}Mi`
  return `${(mebibytes / 1024).toFixed(1)}Gi`
}

/** ` (12%)`; empty where the whole is not known or nothing. */
export const shareText = (part: number, whole: number | undefined): string =>
  whole === undefined || whole === 0 ? '' : ` (${Math.round((100 * part) / whole)}%)`

export function amountText(resource: string, amount: number): string {
  if (resource === 'cpu') return cpuText(amount)
  return resource === 'memory' ? memoryText(amount) : amountOf(resource, amount, Math.ceil).text
}
