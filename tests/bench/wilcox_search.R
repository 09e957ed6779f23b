# SPDX-License-Identifier: GPL-3.0-or-later
# R's interval and estimate of a shift, for the benchmark: a worker with the commands of KayentaSearch.java.
judge <- function(i) {
  test <- wilcox.test(pairs[[i]]$x, pairs[[i]]$y, conf.int = TRUE, conf.level = 0.98, exact = FALSE)
  c(test$conf.int, test$estimate)
}

load_pairs <- function(file, count, size) {
  values <- readBin(file, "double", 2 * count * size)
  side <- function(i) values[seq((i - 1) * size + 1, i * size)]
  lapply(seq_len(count), function(i) list(x = side(i), y = side(count + i)))
}

at <- 0
input <- file("stdin", "r")
while (length(line <- readLines(input, 1)) == 1) {
  words <- strsplit(line, " ")[[1]]
  if (words[1] == "load") {
    pairs <- load_pairs(words[2], as.integer(words[3]), as.integer(words[4]))
    cat("loaded\n")
  } else if (words[1] == "show") {
    cat(sprintf("%.17g", unlist(lapply(seq_len(as.integer(words[2])), judge))), "\n")
  } else {
    begin <- Sys.time()
    for (i in seq_len(as.integer(words[2]))) {
      judge(at %% length(pairs) + 1)
      at <- at + 1
    }
    cat(as.double(Sys.time() - begin, units = "secs"), "\n")
  }
  flush(stdout())
}
