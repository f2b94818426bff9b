import { EMPTY, formatDateTime } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Section } from '#ui/page.tsx'
import type { Agreement } from '../../agreement-contract.ts'
import { Side } from '../../agreement-states.ts'

/** Who has signed what. */
export function AgreementRevisions({ agreement }: { agreement: Agreement }) {
  const t = useWords('sourcing')
  return (
    <Section title={t('agreement.revisions')} flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div className="ls-rows" tabIndex={0}>
        <table aria-label={t('agreement.revisions')}>
          <thead>
            <tr>
              <th scope="col">{t('agreement.revision')}</th>
              <th scope="col">{t('agreement.outcome')}</th>
              {Side.options.map((side) => (
                <th key={side} scope="col">
                  {t(`agreement.sides.${side}`)}
                </th>
              ))}
              <th scope="col">{t('note')}</th>
              <th scope="col">{t('agreement.hash')}</th>
            </tr>
          </thead>
          <tbody>
            {agreement.revisions.map((revision) => (
              <tr key={revision.no}>
                <td>
                  {revision.no}
                  <div className="ls-quiet">{t('agreement.proposedBy', { side: t(`agreement.sides.${revision.side}`) })}</div>
                </td>
                <td>{t(`agreement.outcomes.${revision.outcome}`)}</td>
                {Side.options.map((side) => {
                  const signature = revision.signatures.find((one) => one.side === side)
                  return (
                    <td key={side}>
                      {signature ? signature.person : <span className="ls-quiet">{t('agreement.notSigned')}</span>}
                      {signature && <div className="ls-quiet">{formatDateTime(signature.at)}</div>}
                      {signature?.termLimit && <div className="ls-quiet">{t('termLimit.signed', { days: signature.termLimit.days })}</div>}
                    </td>
                  )
                })}
                <td>{revision.reason ?? (revision.note || EMPTY)}</td>
                <td>
                  <code title={revision.hash}>{revision.hash.slice(0, 16)}…</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}
