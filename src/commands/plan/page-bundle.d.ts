/** The page's program, built by `scripts/page.mjs`: texts to put into a document, with the hashes for its policy. */
declare module '*?bundle' {
  interface Piece {
    readonly text: string
    /** `sha256-…` of the text, as a Content-Security-Policy names it. */
    readonly hash: string
  }
  export const style: Piece
  export const loader: Piece
  /** Of the program, which is packed (gzip, Base64), the hash is that of the unpacked text. */
  export const program: Piece
}
