import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { formatDate } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Loaded, Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { Amount, voucherWord } from './money-text.tsx'
import { financeQueries } from './queries.ts'
import './finance.css'

/** The vouchers that were posted for a document of stock, for those who may read the books. */
export function Component({ sourceId }: { sourceId: string }) {
  return useCan('finance.readLedger') ? <Vouchers sourceId={sourceId} /> : null
}

function Vouchers({ sourceId }: { sourceId: string }) {
  const t = useWords('finance')
  return (
    <Section title={t('vouchers.ofDocument')}>
      <Loaded query={useQuery(financeQueries.vouchersOf(sourceId))}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="ls-quiet">{t('vouchers.noneOfDocument')}</p>
          ) : (
            <ul className="fin-of-document">
              {items.map((one) => (
                <li key={one.id}>
                  <div>
                    <Link to={`/finance/vouchers/${one.id}`}>{voucherWord(one.number)}</Link> <span>{one.summary}</span>
                    <div className="ls-quiet">{`${formatDate(one.day)} · ${one.number}`}</div>
                  </div>
                  <Amount money={one.total} sign />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  )
}
