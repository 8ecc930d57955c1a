// What a module says comes from the page, in the language of the page.
export function words(element) {
  return JSON.parse(element.dataset.words || "{}");
}
