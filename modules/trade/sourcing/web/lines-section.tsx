import { formatDate, formatText } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Section } from '#ui/page.tsx'
import type { RequestLine } from '../contract.ts'
import { useUnitName } from './sourcing-words.tsx'

export function LinesSection({ lines }: { lines: readonly RequestLine[] }) {
  const t = useWords('sourcing')
  const unit = useUnitName()
  return (
    <Section title={t('lines')} flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div className="ls-rows" tabIndex={0}>
        <table aria-label={t('lines')}>
          <thead>
            <tr>
              <th scope="col">{t('line')}</th>
              <th scope="col">{t('material')}</th>
              <th scope="col">{t('specification')}</th>
              <th scope="col" className="ls-cell-right">
                {t('quantity')}
              </th>
              <th scope="col">{t('day')}</th>
              <th scope="col">{t('lineNote')}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.no}>
                <td>{line.no}</td>
                <td>
                  {line.code} {line.name}
                </td>
                <td>{formatText(line.specification)}</td>
                <td className="ls-cell-right">
                  {line.quantity} {unit(line.unit)}
                </td>
                <td>{line.day === null ? formatText(null) : formatDate(line.day)}</td>
                <td>{formatText(line.note)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}
