/**
 * Text that stays text inside a markdown table or heading. Forges look for mentions (`@team`) and references (`#1`) in what
 * markdown has become, where a backslash is gone, but not in code.
 */
export const inert = (text: string) =>
  text.replace(/[\\|<>*_`[\]~]/g, '\\$&').replace(/[@#]/g, '<code>$&</code>')
