declare module 'pdfmake' {
  /** As far as the printer uses it: https://pdfmake.github.io/docs/0.3/ */
  type Margin = [left: number, top: number, right: number, bottom: number]
  interface Block {
    width?: number | 'auto' | '*'
    margin?: Margin
    alignment?: 'left' | 'right' | 'center'
    fontSize?: number
    bold?: boolean
    color?: string
    unbreakable?: boolean
    noWrap?: boolean
    wordBreak?: 'break-all'
    text?: string | readonly Content[]
    stack?: readonly Content[]
    columns?: readonly Content[]
    qr?: string
    image?: string
    height?: number
    columnGap?: number
    pageBreak?: 'before'
    fit?: number | readonly [width: number, height: number]
    eccLevel?: 'L' | 'M' | 'Q' | 'H'
    table?: {
      headerRows?: number
      dontBreakRows?: boolean
      heights?: number
      widths: readonly (number | 'auto' | '*')[]
      body: readonly (readonly Content[])[]
    }
    layout?: 'noBorders' | Record<string, () => number | string>
  }
  type Content = string | Block
  interface Definition {
    pageSize: { width: number; height: number }
    pageMargins: Margin
    defaultStyle: { font: string; fontSize: number }
    info: { title: string; author: string }
    footer: (page: number, pages: number) => Content
    content: readonly Content[]
  }
  const pdfmake: {
    setFonts(fonts: Record<string, { normal: string; bold: string; italics: string; bolditalics: string }>): void
    setUrlAccessPolicy(allowed: (url: string) => boolean): void
    setLocalAccessPolicy(allowed: (path: string) => boolean): void
    createPdf(definition: Definition): { getBuffer(): Promise<Uint8Array> }
  }

  export type { Content, Definition }
  // biome-ignore lint/style/noDefaultExport: it is how the library exports it
  export default pdfmake
}
