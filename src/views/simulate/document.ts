import type { Simulation } from '#controller/simulate/simulate.ts'
import { warningDocument } from '../plan/document.ts'

/** A played roll-out as the `Simulation` item of a `kds/v1` document. Times are seconds since its start. */
export function simulationDocument(
  daemonSet: { readonly namespace: string; readonly name: string },
  label: string,
  simulation: Simulation,
): object {
  const { warnings, ...played } = simulation
  return { kind: 'Simulation', daemonSet, label, ...played, warnings: warnings.map(warningDocument) }
}

export function simulationListDocument(items: readonly object[]): object {
  return { apiVersion: 'kds/v1', kind: 'SimulationList', items }
}
