// A form that the page posts, or a link that it follows, by itself; a click does the same without this file.
document.querySelector("form[data-submit]")?.submit();
document.querySelector("a[data-submit]")?.click();
