import { useQuery } from '@tanstack/react-query'
import { Empty } from 'antd'
import { Link } from 'react-router'
import { formatDate, formatText } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section } from '#ui/page.tsx'
import { CountedTag, connectionText, PartnerStateTag, tierText } from './partner-words.tsx'
import { programmeQueries } from './queries.ts'

/** The programmes that this organisation is in or invited to. */
export function Component() {
  const t = useWords('programme')
  const query = useQuery(programmeQueries.mine)
  return (
    <Page title={t('menu.mine')} subtitle={t('mine.subtitle')}>
      <Loaded query={query}>
        {({ partners }) =>
          partners.length === 0 ? (
            <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('mine.empty')} />
          ) : (
            partners.map((one) => (
              <Section
                key={one.id}
                title={<Link to={`/programme/partners/${one.id}`}>{t('mine.of', { name: one.buyerName ?? '' })}</Link>}
                extra={
                  <>
                    <PartnerStateTag state={one.state} /> <CountedTag partner={one} />
                  </>
                }
              >
                <DetailGrid
                  items={[
                    { label: t('tierLabel'), value: tierText(one.tier, t) },
                    { label: t('contractNo'), value: formatText(one.contractNo) },
                    { label: t('admittedOn'), value: one.admittedOn && formatDate(one.admittedOn) },
                    { label: t('connected'), value: one.countedUntil === null ? '' : connectionText(one.connections, t), wide: true },
                    one.reason !== null && { label: t('reason'), value: one.reason, wide: true },
                  ]}
                />
              </Section>
            ))
          )
        }
      </Loaded>
    </Page>
  )
}
