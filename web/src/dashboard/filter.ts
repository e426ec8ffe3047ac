// What is asked, from what was chosen.
import type { ModelWhereInput, PredictionRecordWhereInput } from './gql';

// modelsWhere is the filter of a search and a tag, KEY or KEY=VALUE.
export function modelsWhere(search: string, tag: string, live: boolean): ModelWhereInput | undefined {
  const [key = '', ...value] = tag.split('=');
  const all: ModelWhereInput[] = [
    ...(search ? [{ or: [{ nameContainsFold: search }, { search }] }] : []),
    ...(key ? [{ hasTagsWith: [{ key, ...(value.length ? { value: value.join('=') } : {}) }] }] : []),
    ...(live ? [{ hasAliasesWith: [{ name: 'live' }] }] : []),
  ];
  return all.length ? { and: all } : undefined;
}

// predictionsWhere is the filter that an address names.
export function predictionsWhere(params: URLSearchParams): PredictionRecordWhereInput | undefined {
  const where: PredictionRecordWhereInput = {};
  if (params.get('state') === 'errors') where.codeNEQ = 'OK';
  else if (params.get('state') === 'answers') where.code = 'OK';
  const slow = Number(params.get('slow'));
  if (slow > 0) where.totalMsGTE = slow;
  const subject = params.get('subject');
  if (subject) where.subject = subject;
  const request = params.get('request');
  if (request) where.requestId = request;
  const since = params.get('since');
  if (since) where.createdAtGTE = new Date(since).toISOString();
  return Object.keys(where).length ? where : undefined;
}

// stepsOf reads lines of percent and duration; a step without one waits for a person.
export function stepsOf(text: string) {
  return text
    .split('\n')
    .map((line) => line.trim().split(/[\s,%]+/))
    .filter(([weight]) => weight)
    .map(([weight, duration], i, all) => ({
      weight: Number(weight),
      ...(duration ? { duration } : i < all.length - 1 ? { approval: true } : {}),
    }));
}
