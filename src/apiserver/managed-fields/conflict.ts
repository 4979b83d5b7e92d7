import { difference, type FieldSet, isEmpty, pathsOf, union } from './field-set.ts'
import { type Managed, managerText } from './managers.ts'

/** Fields that somebody else manages and an apply would change. */
interface Conflict {
  readonly managed: Managed
  readonly fields: FieldSet
}

/** An apply patch that is refused, since it takes fields from their managers. */
export class ApplyConflict extends Error {
  readonly conflicts: readonly Conflict[]

  constructor(conflicts: readonly Conflict[]) {
    super(conflictText(conflicts))
    this.name = 'ApplyConflict'
    this.conflicts = conflicts
  }

  /** All fields in question. */
  get fields(): FieldSet {
    return this.conflicts.reduce<FieldSet>((all, { fields }) => union(all, fields), {})
  }

  /** What is left when changes of some fields are allowed. */
  except(allowed: FieldSet): ApplyConflict {
    const left = this.conflicts.map(({ managed, fields }) => ({
      managed,
      fields: difference(fields, allowed),
    }))
    return new ApplyConflict(left.filter(({ fields }) => !isEmpty(fields)))
  }

  /** Field by field, as the details of a server's answer list them. */
  get causes(): { readonly reason: string; readonly message: string; readonly field: string }[] {
    return this.conflicts.flatMap(({ managed, fields }) =>
      pathsOf(fields).map((field) => ({
        reason: 'FieldManagerConflict',
        message: `conflict with ${managerText(managed)}`,
        field,
      })),
    )
  }
}

function conflictText(conflicts: readonly Conflict[]): string {
  const found = conflicts.map(({ managed, fields }) => ({ by: managerText(managed), paths: pathsOf(fields) }))
  const count = found.reduce((sum, { paths }) => sum + paths.length, 0)
  const [first] = found
  if (first && count === 1)
    return `Apply failed with 1 conflict: conflict with ${first.by}: ${first.paths[0]}`
  const lines = found.flatMap(({ by, paths }) => [
    `conflicts with ${by}:`,
    ...paths.map((path) => `- ${path}`),
  ])
  return `Apply failed with ${count} conflicts: ${lines.join('\n')}`
}
