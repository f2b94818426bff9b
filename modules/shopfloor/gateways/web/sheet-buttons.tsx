import { UploadOutlined } from '@ant-design/icons'
import { App, Button, Upload } from 'antd'
import { useState } from 'react'
import { errorText, upload } from '#ui/api.ts'
import { DownloadButton } from '#ui/download-button.tsx'
import { useLocale, useWords } from '#ui/i18n.ts'
import { saveFile } from '#ui/save-file.ts'
import { configurationApi } from '../configuration-contract.ts'
import { loadSpelling } from './name-rule-drawer.tsx'
import type { DraftRow, GridColumn, NewProperty } from './table-draft.ts'
import { fromSheet, sheetColumns, sheetRows } from './table-sheet.ts'
import { findTagList, rowsOfTags } from './tag-list.ts'
import { type SheetLine, TagListDrawer } from './tag-list-drawer.tsx'

type Content = { drafts: DraftRow[]; properties: NewProperty[] }

/** Out to a spreadsheet and back: a file is read into the table for correction, nothing is saved by it. */
export function SheetButtons(props: {
  name: string
  columns: readonly GridColumn[]
  drafts: readonly DraftRow[]
  properties: ReadonlyMap<string, NewProperty>
  protocol: string
  /** A table's own file takes the place of what is there. */
  onRead: (content: Content) => void
  /** Another program's list comes behind it. */
  onAppend: (content: Content) => void
}) {
  const t = useWords('gateways')
  const language = useLocale() === 'en-US' ? 'en' : 'zh'
  const { message } = App.useApp()
  const [tagLines, setTagLines] = useState<SheetLine[]>()
  const exported = async () => {
    const { listWorkbook } = await import('#ui/workbook.ts')
    const titles = sheetColumns(props.columns).map((column) => column[language])
    saveFile(`${props.name}.xlsx`, await listWorkbook(titles, sheetRows(props.columns, props.drafts, props.properties as never, language)))
  }
  const imported = async (file: File) => {
    try {
      const { rows } = await upload(configurationApi.readSheet, { file })
      if (findTagList(rows)) return setTagLines(rows)
      const content = fromSheet(rows, props.columns, props.properties)
      if ('missing' in content) void message.error(t('sheetMissing', { names: content.missing.join('、') }))
      else {
        props.onRead(content)
        void message.success(t('sheetRead', { n: content.drafts.length }))
      }
    } catch (error) {
      void message.error(errorText(error, t))
    }
  }
  return (
    <>
      {tagLines && (
        <TagListDrawer
          lines={tagLines}
          protocol={props.protocol}
          onClose={() => setTagLines(undefined)}
          onTake={(tags) => {
            setTagLines(undefined)
            const taken = new Set([...props.properties.keys(), ...props.drafts.map((draft) => draft.name ?? '')])
            void loadSpelling().then((spell) => {
              props.onAppend(rowsOfTags(tags, props.columns, taken, spell))
              void message.success(t('sheetRead', { n: tags.length }))
            })
          }}
        />
      )}
      <DownloadButton text={t('exportSheet')} fetchFile={exported} />
      <Upload
        accept=".xlsx,.csv"
        showUploadList={false}
        beforeUpload={(file) => {
          void imported(file)
          return false
        }}
      >
        <Button icon={<UploadOutlined aria-hidden />}>{t('importSheet')}</Button>
      </Upload>
    </>
  )
}
