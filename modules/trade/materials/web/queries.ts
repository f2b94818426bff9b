import { queryOptions } from '@tanstack/react-query'
import { call } from '#ui/api.ts'
import { type Category, materialsApi } from '../contract.ts'

export const materialQueries = {
  categories: queryOptions({
    queryKey: ['materials', 'categories'],
    queryFn: ({ signal }) => call(materialsApi.categories, { signal }),
    staleTime: 60_000,
  }),
}

/** Every category with its way down from the root: 外购件 / 轴承. */
export function categoryOptions(
  categories: readonly Category[],
  nameOf: (category: Category) => string,
): { value: string; label: string }[] {
  const byId = new Map(categories.map((category) => [category.id as string, category]))
  const wayTo = (category: Category): string => {
    const parent = byId.get(category.parentId ?? '')
    return parent ? `${wayTo(parent)} / ${nameOf(category)}` : nameOf(category)
  }
  return categories.filter((category) => !category.retired).map((category) => ({ value: category.id, label: wayTo(category) }))
}
