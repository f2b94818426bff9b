import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from 'react-router'
import { useWords } from '#ui/i18n.ts'
import { ImportWizard } from '#ui/import-wizard.tsx'
import { Loaded, Page } from '#ui/page.tsx'
import type { OrderId } from '../contract.ts'
import { lineImport } from '../import-contract.ts'
import { orderQueries } from './queries.ts'

/** Lines of a draft from a spreadsheet. */
export function Component() {
  const t = useWords('orders')
  const { id = '' } = useParams()
  const client = useQueryClient()
  const query = useQuery(orderQueries.order(id as OrderId))
  return (
    <Loaded query={query}>
      {({ number }) => (
        <Page
          title={t('import.title')}
          subtitle={t('import.subtitle', { number })}
          breadcrumbs={[
            { label: t('name'), path: '/orders' },
            { label: number, path: `/orders/${id}` },
          ]}
        >
          <ImportWizard
            endpoints={lineImport}
            target={id}
            listPath={`/orders/${id}`}
            onWritten={() => void client.invalidateQueries({ queryKey: ['orders'] })}
          />
        </Page>
      )}
    </Loaded>
  )
}
