//! Studies as data: a text file and a seed become a plan of trials.
