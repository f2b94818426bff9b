import { formatMoney, formatPrice, formatQuantity, formatText } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Section } from '#ui/page.tsx'
import { writePercent } from '#values/decimal.ts'
import type { AgreementContent, AgreementLine, Cumulative } from '../../agreement-contract.ts'
import { useUnitName } from '../sourcing-words.tsx'

interface Props {
  content: AgreementContent
  /** Of what is in force; empty before that. */
  cumulative: readonly Cumulative[]
}

/** What is agreed of each material, and how much of it has been called off, shipped and received since the first day. */
export function AgreementLines({ content, cumulative }: Props) {
  const t = useWords('sourcing')
  const unit = useUnitName()
  const counts = cumulative.length > 0
  return (
    <Section title={counts ? t('agreement.cumulative', { from: content.validFrom }) : t('agreement.lines')} flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div className="ls-rows" tabIndex={0}>
        <table aria-label={t('agreement.lines')}>
          <thead>
            <tr>
              <th scope="col">{t('line')}</th>
              <th scope="col">{t('material')}</th>
              <th scope="col">{t('agreement.prices')}</th>
              <th scope="col" className="ls-cell-right">
                {t('agreement.targetQuantity')}
              </th>
              {counts &&
                (['calledOff', 'shipped', 'received', 'open', 'left', 'calledOffAmount'] as const).map((key) => (
                  <th key={key} scope="col" className="ls-cell-right">
                    {t(`agreement.${key}`)}
                  </th>
                ))}
            </tr>
          </thead>
          <tbody>
            {content.lines.map((line) => {
              const sum = cumulative.find((one) => one.no === line.no)
              return (
                <tr key={line.no}>
                  <td>{line.no}</td>
                  <td>
                    {line.code} {line.name}
                    <div className="ls-quiet">{formatText(line.specification)}</div>
                  </td>
                  <td>
                    <Prices content={content} line={line} />
                  </td>
                  <td className="ls-cell-right">
                    {line.targetQuantity === null ? t('agreement.noTarget') : formatQuantity(line.targetQuantity, unit(line.unit))}
                    {line.targetAmount !== null && <div className="ls-quiet">{formatPrice(content.currency, line.targetAmount)}</div>}
                  </td>
                  {sum && (
                    <>
                      <td className="ls-cell-right">
                        <b>{formatQuantity(sum.calledOff)}</b>
                      </td>
                      <td className="ls-cell-right">{formatQuantity(sum.shipped)}</td>
                      <td className="ls-cell-right">{formatQuantity(sum.received)}</td>
                      <td className="ls-cell-right">{formatQuantity(sum.open)}</td>
                      <td className="ls-cell-right">{formatQuantity(sum.left)}</td>
                      <td className="ls-cell-right">{formatMoney(sum.amount)}</td>
                    </>
                  )}
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      {counts && <p className="ls-quiet so-foot">{t('agreement.cumulativeHint')}</p>}
    </Section>
  )
}

function Prices({ content, line }: { content: AgreementContent; line: AgreementLine }) {
  const t = useWords('sourcing')
  const unit = useUnitName()
  return (
    <div className="so-cell">
      {line.breaks.map((one) => (
        <span key={one.from} className="so-best">
          {formatPrice(content.currency, one.netPrice)}/{unit(line.unit)}{' '}
          {line.breaks.length > 1 && <span className="ls-quiet">{t('agreement.from', { n: formatQuantity(one.from) })}</span>}
        </span>
      ))}
      <span className="ls-quiet">
        {t('taxRate')} {writePercent(line.taxRate)}
      </span>
    </div>
  )
}
