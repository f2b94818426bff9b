import { Alert, Button } from 'antd'
import { useLocale, useWords } from '#ui/i18n.ts'
import type { RowProblem } from '../point-rows.ts'
import { columnTitle } from './point-grid.tsx'
import { useCodeText } from './reason-words.ts'
import { type DraftRow, FILE_ROW, type GridColumn } from './table-draft.ts'

const SHOWN = 10

/** What is wrong, by row and column; a click goes there, since of two thousand rows a dozen can be seen. */
export function ProblemList(props: {
  problems: readonly RowProblem[]
  drafts: readonly DraftRow[]
  columns: readonly GridColumn[]
  onShow: (row: number) => void
}) {
  const t = useWords('gateways')
  const locale = useLocale()
  const words = useCodeText()
  const { problems, drafts, columns } = props
  if (problems.length === 0) return null
  const sentence = ({ row, field, code, details }: RowProblem) => {
    const column = columns.find(({ key }) => key === field)
    const fileRow = drafts[row]?.[FILE_ROW]
    return t(fileRow === undefined ? 'problemAt' : 'problemAtFile', {
      row: row + 1,
      fileRow,
      column: column ? columnTitle(column, locale, t) : field,
      text: words(code, details),
    })
  }
  return (
    <Alert
      type="error"
      showIcon
      className="ls-form-failure"
      title={t('problemsTitle', { n: problems.length })}
      description={
        <ul className="gw-problems">
          {problems.slice(0, SHOWN).map((problem) => (
            <li key={`${problem.row} ${problem.field} ${problem.code}`}>
              <Button type="link" size="small" onClick={() => props.onShow(problem.row)}>
                {sentence(problem)}
              </Button>
            </li>
          ))}
          {problems.length > SHOWN && <li>{t('problemsMore', { n: problems.length - SHOWN })}</li>}
        </ul>
      }
    />
  )
}
